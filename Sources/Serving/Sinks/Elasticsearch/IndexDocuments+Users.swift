import Store

extension IndexDocuments {
    /// Users as they stand. Of those who are not known, or whose data may not leave the store, all that tells of them goes but for
    /// their ratings, which are entries of the outbox of their own.
    ///
    /// - Parameter version: the sequence of the store.
    /// - Returns: the operations by kind, for the kinds that are written.
    func operations(
        ofUsers ids: Set<String>, in store: Store, version: Int64
    ) throws(StoreError) -> [(IndexKind, [BulkOperation])] {
        let records = try store.userRecords(of: ids)
        var found: [IndexKind: [BulkOperation]] = [.users: records.map { user($0, version: version) }]
        for id in ids.subtracting(records.map(\.id)).sorted() {
            let (name, links) = (name(of: id), try store.links(of: id))
            found[.users, default: []].append(operation(.users, DocumentID.of(name), version, nil))
            if kinds.contains(.recommendations) {
                found[.recommendations, default: []] += links.lists.map {
                    operation(.recommendations, DocumentID.of(name, $0.model, $0.item), version, nil)
                }
            }
            if kinds.contains(.edges) {
                // Which of the two is the source depends on their order.
                found[.edges, default: []] += links.neighbors.map(self.name).flatMap { other in
                    [DocumentID.of(name, other), DocumentID.of(other, name)].map { operation(.edges, $0, version, nil) }
                }
            }
        }
        return IndexKind.allCases.compactMap { kind in found[kind].map { (kind, $0) } }
    }
}

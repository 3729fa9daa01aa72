import LinearAlgebra

extension Dataset {
    /// The same with other ids of users, such as pseudonyms; different ids have to stay different.
    ///
    /// Users are in the order of the new ids.
    public func renamingUsers(_ name: (String) -> String) -> Dataset {
        let renaming = UserRenaming(ratings.users, name)
        let (old, matrix) = (renaming.old, ratings.byUser)
        let rows = old.map { matrix.entries(ofRow: $0) }
        let places = rows.flatMap { Array($0) }
        let renamed = RatingMatrix(
            users: renaming.users, items: ratings.items,
            byUser: SparseMatrix(
                columns: matrix.columns, rowOffsets: rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) },
                columnIndices: places.map { matrix.columnIndices[$0] }, values: places.map { matrix.values[$0] }),
            timestamps: ratings.timestamps.map { times in places.map { times[$0] } })
        return Dataset(
            ratings: renamed, items: items, users: renaming.catalog(users), source: source,
            duplicateCount: duplicateCount, rejected: rejected, reading: reading, notes: notes)
    }
}

/// Other ids of users, and who is who.
public struct UserRenaming: Sendable {
    /// The new ids.
    public let users: Vocabulary
    /// By the index of the new id, the index of the old one.
    public let old: [Int]

    /// - Parameters:
    ///   - users: the old ids.
    ///   - name: gives each its new one; different ids get different ones.
    public init(_ users: Vocabulary, _ name: (String) -> String) {
        let names = (0..<users.count).map { name(users[$0]) }
        let renamed = Vocabulary(names)
        precondition(renamed.count == names.count, "different ids stay different")
        var old = [Int](repeating: 0, count: names.count)
        for (index, name) in names.enumerated() { if let place = renamed.index(of: name) { old[place] = index } }
        self.users = renamed
        self.old = old
    }

    /// By the index of the old id, the index of the new one.
    public var new: [Int32] {
        var new = [Int32](repeating: 0, count: old.count)
        for (place, index) in old.enumerated() { new[index] = Int32(place) }
        return new
    }

    /// A catalog of the old users as one of the new.
    public func catalog(_ catalog: UserCatalog) -> UserCatalog {
        UserCatalog(
            attributes: catalog.attributes.map { attribute in
                UserCatalog.Attribute(name: attribute.name, values: old.map { attribute.values[$0] })
            })
    }
}

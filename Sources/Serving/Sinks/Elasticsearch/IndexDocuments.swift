import FileOutput
public import Privacy
public import Store

/// Records of the store as operations on an index.
public struct IndexDocuments: Sendable {
    /// Through which alias each kind is written.
    let aliases: [IndexKind: String]
    private let pseudonyms: Pseudonymizer?

    /// Through the aliases that are searched.
    ///
    /// - Parameter pseudonyms: what users are called; nil for their ids in the store.
    public init(
        prefix: String, kinds: Set<IndexKind> = Set(IndexKind.allCases), pseudonyms: Pseudonymizer? = nil
    ) {
        self.init(
            aliases: Dictionary(uniqueKeysWithValues: kinds.map { ($0, $0.alias(prefix)) }), pseudonyms: pseudonyms)
    }

    init(aliases: [IndexKind: String], pseudonyms: Pseudonymizer?) {
        (self.aliases, self.pseudonyms) = (aliases, pseudonyms)
    }

    /// What a user of the store is called in the indices.
    func name(of user: String) -> String { pseudonyms?.pseudonym(of: user) ?? user }

    var hasPseudonyms: Bool { pseudonyms != nil }

    /// The kinds that are written.
    public var kinds: Set<IndexKind> { Set(aliases.keys) }

    /// - Parameter version: the sequence of the store that the record belongs to.
    public func rating(_ rating: RatingRecord, version: Int64) -> BulkOperation {
        let user = name(of: rating.user)
        var document = IndexDocument()
        document.add("user_id", user)
        document.add("item_id", rating.item)
        document.add("rating", rating.value)
        document.add("@timestamp", rating.time)
        document.add("arrived", rating.arrived)
        return operation(.ratings, DocumentID.of(user, rating.item), version, document)
    }

    /// A rating that has changed, or was removed; nil for the change of an item.
    public func rating(_ entry: OutboxEntry) -> BulkOperation? {
        guard let user = entry.user else { return nil }
        if let record = entry.rating { return rating(record, version: entry.number) }
        return operation(.ratings, DocumentID.of(name(of: user), entry.item), entry.number, nil)
    }

    public func item(_ item: ItemRecord, version: Int64) -> BulkOperation {
        var document = IndexDocument()
        document.add("item_id", item.id)
        document.add("title", item.title)
        document.add("genres", item.genres)
        document.add("year", item.title.flatMap(Self.year))
        document.add("ratings", item.ratings)
        document.add("mean_rating", item.meanRating.map { Float($0) })
        return operation(.items, DocumentID.of(item.id), version, document)
    }

    public func user(_ user: UserRecord, version: Int64) -> BulkOperation {
        let id = name(of: user.id)
        var document = IndexDocument()
        document.add("user_id", id)
        document.add("community", user.community.map { "\($0)" })
        document.add("ratings", user.ratings)
        document.add("mean_rating", user.meanRating.map { Float($0) })
        return operation(.users, DocumentID.of(id), version, document)
    }

    /// - Parameters:
    ///   - run: the run that recommends.
    ///   - version: the sequence of the store.
    public func recommendation(_ record: RecommendationRecord, run: StoredRun, version: Int64) -> BulkOperation {
        let place = record.place
        let user = name(of: place.user)
        var document = IndexDocument()
        document.add("user_id", user)
        document.add("model", place.model)
        document.add("item_id", place.item)
        document.add("title", place.title)
        document.add("genres", record.genres)
        document.add("rank", place.place)
        document.add("score", (place.score ?? place.predictedRating).map { Float($0) })
        document.add("predicted_rating", place.predictedRating.map { Float($0) })
        document.add("run", run.number)
        document.add("@timestamp", run.started)
        return operation(.recommendations, DocumentID.of(user, place.model, place.item), version, document)
    }

    func operation(_ kind: IndexKind, _ id: String, _ version: Int64, _ document: IndexDocument?) -> BulkOperation {
        guard let alias = aliases[kind] else { preconditionFailure("\(kind) is not written") }
        return BulkOperation(alias: alias, id: id, version: version, document: document?.bytes)
    }

    /// The year at the end of a title: 1995 of `Toy Story (1995)`.
    package static func year(of title: String) -> Int? {
        let bytes = Array(title.utf8.suffix(16)).reversed().drop { $0 == UInt8(ascii: " ") }.prefix(6).reversed()
        guard bytes.count == 6, bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")") else { return nil }
        let digits = bytes.dropFirst().dropLast()
        guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.reduce(0) { 10 * $0 + Int($1 - 48) }
    }
}

import Foundation
import NIOHTTP1
public import Store

/// Loads what a store has into new indices, and has the aliases lead to them once they are whole.
///
/// Whoever searches sees the old indices until all aliases change at one moment. A load that fails, or is cancelled, leaves what
/// was there and removes what it made.
public struct IndexLoader: Sendable {
    private let client: ElasticsearchClient
    /// How many older generations of each index stay. The default is 1.
    public var keep = 1
    /// How many bulks are on their way at once. The default is 4.
    public var inFlight = 4
    public var settings = BulkSettings()
    /// Where documents go that the server will never take; nil where they are counted alone.
    public var deadLetters: DeadLetterFile?

    public init(_ client: ElasticsearchClient) { self.client = client }

    /// What a load has done.
    public struct Summary: Sendable {
        /// The index of each kind, in the order of the kinds, and how many documents it had when it was whole.
        public internal(set) var indices: [(kind: IndexKind, index: String, documents: Int)] = []
        /// Indices that were removed.
        public internal(set) var removed: [String] = []
        public internal(set) var bulk = BulkOutcome()
        /// Documents that the server did not take.
        public internal(set) var rejectedOf: [IndexKind: Int] = [:]
        /// The number of the newest change of the store that the indices have.
        public internal(set) var sequence: Int64
        public internal(set) var seconds = 0.0

        /// Documents of all kinds that the server did not take.
        public var rejected: Int { rejectedOf.values.reduce(0, +) }
    }

    /// - Parameters:
    ///   - kinds: others stay as they are.
    ///   - graph: what the newest run has computed; nil for none.
    ///   - sequence: `outboxNumber()` of the store. What changes from there on is written as well, as far as a sink holds the
    ///     outbox.
    ///   - progress: called with the documents of a kind that are written so far.
    /// - Throws: `ElasticsearchError`, `StoreError`, `CancellationError`.
    public func load(
        _ kinds: Set<IndexKind>, _ store: Store, _ graph: GraphResult?, from sequence: Int64,
        progress: @escaping @Sendable (IndexKind, Int) -> Void = { _, _ in }
    ) async throws -> Summary {
        let began = ContinuousClock.now
        var summary = Summary(sequence: sequence)
        let before = try await client.generations()
        try requireSameNames(besides: kinds, before)
        let new = kinds.sorted().map { before.next($0, prefix: client.configuration.prefix) }
        let loading = IndexDocuments(
            aliases: Dictionary(uniqueKeysWithValues: new.map { ($0.kind, $0.loadingAlias) }),
            pseudonyms: client.configuration.pseudonyms)
        do {
            for index in new {
                _ = try await client.request(
                    .PUT, "/\(index.name)", body: IndexMapping.creation(index, key: client.configuration.pseudonymKey))
                let feed = IndexFeed.of(index.kind, store, graph, loading, version: sequence)
                let outcome = try await send(feed) { progress(index.kind, $0) }
                summary.add(outcome, of: index.kind)
                summary.indices.append((index.kind, index.name, outcome.done))
            }
            try await verify(summary.indices)
            try await catchUp(&summary, store, loading)
            for index in new {
                _ = try await client.request(.PUT, "/\(index.name)/_settings", body: IndexMapping.loaded)
            }
            try await swap(to: new, from: before)
        } catch {
            await discard(new)
            throw error
        }
        // What was written to the old indices after the last look into the outbox.
        try await catchUp(
            &summary, store,
            IndexDocuments(
                prefix: client.configuration.prefix, kinds: kinds, pseudonyms: client.configuration.pseudonyms))
        let outdated = before.outdated(by: new, keep: keep, key: client.configuration.pseudonymKey)
        await remove(outdated)
        summary.removed = outdated.map(\.name)
        summary.seconds = began.duration(to: .now) / .seconds(1)
        return summary
    }

    /// - Throws: `ElasticsearchError.otherPseudonyms` where users have other names in the indices that stay as they are.
    private func requireSameNames(besides kinds: Set<IndexKind>, _ state: IndexGenerations) throws {
        let prefix = client.configuration.prefix
        let others = state.keys(of: Set(IndexKind.allCases).subtracting(kinds), prefix: prefix)
        for (kind, key) in others.sorted(by: { $0.key < $1.key }) where key != client.configuration.pseudonymKey {
            throw ElasticsearchError.otherPseudonyms(index: kind.alias(prefix), key: key)
        }
    }

    /// Sends pages, several at a time.
    private func send(_ feed: IndexFeed, progress: (Int) -> Void) async throws -> BulkOutcome {
        try await withThrowingTaskGroup(of: BulkOutcome.self) { group in
            var (total, running) = (BulkOutcome(), 0)
            var rest: IndexFeed? = feed
            while let feed = rest {
                let page = try await HeavyThread.run(feed.read)
                rest = page.rest
                if running == inFlight, let outcome = try await group.next() {
                    total += outcome
                    running -= 1
                    progress(total.done)
                }
                group.addTask { try await write(page.operations()) }
                running += 1
            }
            for try await outcome in group {
                total += outcome
                progress(total.done)
            }
            return total
        }
    }

    /// Writes operations, and files what the server does not take.
    private func write(_ operations: [BulkOperation]) async throws -> BulkOutcome {
        let outcome = try await client.bulk(operations, settings)
        try deadLetters?.append(outcome.rejected)
        return outcome
    }

    private struct Count: Decodable { let count: Int }

    /// - Throws: `ElasticsearchError.incomplete` where an index has not as many documents as were written.
    private func verify(_ indices: [(kind: IndexKind, index: String, documents: Int)]) async throws {
        for (_, index, documents) in indices {
            _ = try await client.request(.POST, "/\(index)/_refresh")
            let body = try await client.request(.GET, "/\(index)/_count")
            let found = try JSONDecoder().decode(Count.self, from: body).count
            guard found == documents else {
                throw ElasticsearchError.incomplete(index: index, documents: found, expected: documents)
            }
        }
    }

    /// Entries of the outbox that are written at once.
    private static let batch = 2_000

    /// Writes what has changed since, until little is left.
    private func catchUp(_ summary: inout Summary, _ store: Store, _ documents: IndexDocuments) async throws {
        var entries: [OutboxEntry]
        var (users, items): (Set<String>, Set<String>) = ([], [])
        repeat {
            entries = try await HeavyThread.run { [sequence = summary.sequence] in
                try store.outbox(after: sequence, limit: Self.batch)
            }
            users.formUnion(entries.compactMap(\.user))
            items.formUnion(entries.map(\.item))
            if documents.kinds.contains(.ratings) {
                summary.add(try await write(entries.compactMap(documents.rating)), of: .ratings)
            }
            summary.sequence = entries.last?.number ?? summary.sequence
        } while entries.count == Self.batch
        let version = summary.sequence
        if documents.kinds.contains(.users), !users.isEmpty {
            let operations = try await HeavyThread.run { [users] in
                try documents.operations(ofUsers: users, in: store, version: version)
            }
            for (kind, operations) in operations { summary.add(try await write(operations), of: kind) }
        }
        if documents.kinds.contains(.items), !items.isEmpty {
            let records = try await HeavyThread.run { [items] in try store.itemRecords(of: items) }
            summary.add(try await write(records.map { documents.item($0, version: version) }), of: .items)
        }
    }

    /// Has the aliases lead to new indices. An answer that was lost is looked for before the call is made again.
    ///
    /// - Throws: `ElasticsearchError.overtaken` where another program has had them lead to indices of another key meanwhile.
    private func swap(to new: [IndexName], from before: IndexGenerations) async throws {
        let (kinds, prefix) = (Set(IndexKind.allCases), client.configuration.prefix)
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        for attempt in 1... {
            let state = try await client.generations()
            if state.lead(to: new) { return }
            guard state.keys(of: kinds, prefix: prefix) == before.keys(of: kinds, prefix: prefix) else {
                throw ElasticsearchError.overtaken(prefix: prefix)
            }
            do {
                _ = try await client.request(.POST, "/_aliases", body: state.swap(to: new), attempts: 1)
                return
            } catch let error as ElasticsearchError where error.isTransient && attempt < settings.attempts {
                try await Task.sleep(for: backoff.next(using: &generator))
            }
        }
    }

    /// Removes what a load has made; where it cannot be told whether the aliases lead to it by now, the next load does.
    private func discard(_ new: [IndexName]) async {
        // Not of this task, which may be cancelled.
        await Task { [client] in
            guard let state = try? await client.generations() else { return }
            await remove(new.filter { state.indices[$0]?.contains($0.loadingAlias) == true })
        }.value
    }

    /// What cannot be removed now is removed after the next load.
    private func remove(_ indices: [IndexName]) async {
        for index in indices { _ = try? await client.request(.DELETE, "/\(index.name)", attempts: 3) }
    }
}

extension IndexLoader {
    /// Whether users are called otherwise in what the aliases lead to, or by a sink of the store that writes to it.
    ///
    /// What follows the store under other names would go on to write them: nobody may serve the store until the load has ended.
    public func changesNames(in store: Store) async throws -> Bool {
        let configuration = client.configuration
        let keys = try await client.generations().keys(of: Set(IndexKind.allCases), prefix: configuration.prefix)
        return try keys.values.contains { $0 != configuration.pseudonymKey }
            || store.sinks().contains { configuration.isOtherKey($0.name) }
    }

    /// Lets go what sinks under other names hold of the outbox; they begin anew where they come back.
    public func closeOtherSinks(of store: Store) throws {
        for sink in try store.sinks() where client.configuration.isOtherKey(sink.name) {
            try store.closeSink(sink.name)
        }
    }

    /// The same for the sink of a store, which may be followed: the outbox is held meanwhile, so that nothing is missing between
    /// what is loaded and what is followed from then on.
    public func loadSink(
        _ kinds: Set<IndexKind>, _ store: Store, _ graph: GraphResult?,
        progress: @escaping @Sendable (IndexKind, Int) -> Void = { _, _ in }
    ) async throws -> Summary {
        let (sink, hold) = (client.configuration.sinkName, client.configuration.loadingName)
        guard try store.sink(sink) != nil else {
            let summary = try await load(kinds, store, graph, from: try store.outboxNumber(), progress: progress)
            try record(summary, graph, in: store)
            return summary
        }
        let held = try store.openSink(hold)
        defer { try? store.closeSink(hold) }
        let summary = try await load(kinds, store, graph, from: try store.outboxNumber(), progress: progress)
        // Without the hold, what was acknowledged meanwhile may be in the old indices alone.
        guard try store.sink(hold) == held else {
            try store.closeSink(sink)
            throw ElasticsearchError.overtaken(prefix: client.configuration.prefix)
        }
        if kinds.count == IndexKind.allCases.count {
            _ = try store.endLoad(of: sink, from: summary.sequence, run: graph?.run.number ?? 0)
        }
        try record(summary, graph, in: store)
        return summary
    }

    /// Tells the store where its data is now.
    private func record(_ summary: Summary, _ graph: GraphResult?, in store: Store) throws {
        let (url, prefix) = (client.configuration.url, client.configuration.prefix)
        let known = Dictionary(grouping: try store.outputs(), by: \.unkeyedPlace)
        for index in summary.indices {
            // By another key: the index is gone.
            for output in known["\(url)/\(index.kind.alias(prefix))"] ?? [] { try store.forget(output) }
        }
        try store.record(
            summary.indices.map { index in
                Output(
                    kind: "index",
                    place: Output.place(
                        "\(url)/\(index.kind.alias(prefix))",
                        key: index.kind.holdsPeople ? client.configuration.pseudonymKey : nil),
                    written: Int64(Date().timeIntervalSince1970), rows: index.documents,
                    run: graph.map { Int($0.run.number) },
                    holdsPeople: index.kind.holdsPeople)
            })
    }
}

extension IndexLoader.Summary {
    fileprivate mutating func add(_ outcome: BulkOutcome, of kind: IndexKind) {
        rejectedOf[kind, default: 0] += outcome.rejected.count
        bulk += outcome
        // They are in their file; of a large load they could be many.
        bulk.rejected = []
    }
}

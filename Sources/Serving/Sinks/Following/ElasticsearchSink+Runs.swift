import Logging
import Store
import Synchronization

/// What is not in the outbox: counts of items, and what a refresh has computed.
extension ElasticsearchSink {
    /// Counts the ratings of items that have changed, in one pass over all ratings each time, and writes them.
    func countItems() async throws {
        while true {
            let items = changedItems.withLock { items in
                defer { items = [] }
                return items
            }
            var counting = Duration.zero
            let began = ContinuousClock.now
            if items?.isEmpty != true {
                let operations = try await HeavyThread.run { [store, documents] in
                    let number = try store.outboxNumber()
                    return try store.itemRecords(of: items).map { documents.item($0, version: number) }
                }
                counting = began.duration(to: .now)
                try await send(.items, operations)
            }
            try await Task.sleep(for: Self.pause(after: counting))
        }
    }

    /// The pause after a pass over the store: so long that passes take a twentieth of the time, and at least a second.
    ///
    /// After 0.1 s it is 1.9 s.
    package static func pause(after pass: Duration) -> Duration { max(.seconds(1), pass * 19) }

    /// Loads what each refresh has computed into new indices, beside the changes that go on.
    func followRuns(of sink: SinkState) async throws {
        var known = sink.run
        while true {
            if let graph = graph(), graph.run.number != known {
                let began = ContinuousClock.now
                try await load([.users, .recommendations, .communities, .edges], graph)
                guard try await HeavyThread.run({ [store] in try store.ended(run: graph.run.number, for: sink) }) else {
                    throw SinkError.replaced
                }
                known = graph.run.number
                board.ended(run: known)
                logger.notice(
                    "the sink has the results of a run",
                    metadata: metadata(["run": "\(known)", "seconds": "\(began.duration(to: .now) / .seconds(1))"]))
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Loads all into new indices, from which the outbox is followed.
    func loadAll() async throws -> SinkState {
        board.become(.loading)
        logger.notice("the sink loads all", metadata: metadata())
        let began = ContinuousClock.now
        let before = try await HeavyThread.run { [store, name = configuration.sinkName] in try store.openSink(name) }
        do { try await load(Set(IndexKind.allCases), graph()) } catch {
            // Nothing would take the changes out of the outbox.
            if before.load == 0 { try? store.closeSink(before.name) }
            throw error
        }
        guard let sink = try await state(), sink.load != before.load else { throw SinkError.replaced }
        board.countLoad()
        logger.notice(
            "the sink has loaded all", metadata: metadata(["seconds": "\(began.duration(to: .now) / .seconds(1))"]))
        return sink
    }

    /// Loads kinds into new indices, unless too much changes meanwhile.
    private func load(_ kinds: Set<IndexKind>, _ graph: GraphResult?) async throws {
        let summary = try await withThrowingTaskGroup(of: IndexLoader.Summary?.self) { group in
            defer { group.cancelAll() }
            group.addTask { [client, store, deadLetters] in
                var loader = IndexLoader(client)
                loader.deadLetters = deadLetters
                return try await loader.loadSink(kinds, store, graph)
            }
            group.addTask { [self] in
                while try await held() <= outboxLimit { try await Task.sleep(for: .seconds(1)) }
                throw SinkError.overflow(limit: outboxLimit)
            }
            return try await group.next() ?? nil
        }
        if let summary { board.count(summary) }
    }

    /// Entries that a load holds.
    private func held() async throws -> Int {
        try await HeavyThread.run { [store, configuration] in
            try store.outboxLag(of: configuration.loadingName).entries
        }
    }
}

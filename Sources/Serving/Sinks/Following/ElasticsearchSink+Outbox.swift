import Logging
import Store
import Synchronization

/// Changes, in their order.
extension ElasticsearchSink {
    /// Entries that are read, and acknowledged, at once.
    private static let batch = 2_000

    /// Writes what the outbox holds, again and again.
    ///
    /// - Throws: `SinkError.replaced` where another load has ended since, and what the client and the store throw.
    func followOutbox(from sink: SinkState) async throws {
        var sink = sink
        while true {
            let entries = try await HeavyThread.run { [store, sink] in
                try store.outbox(after: sink.acknowledged, limit: Self.batch)
            }
            if let last = entries.last {
                try await write(entries)
                guard
                    try await HeavyThread.run({ [store, sink] in try store.acknowledge(sink, through: last.number) })
                else { throw SinkError.replaced }
            } else {
                try await Task.sleep(for: Self.lookout)
            }
            guard let newest = try await state(), newest.load == sink.load else { throw SinkError.replaced }
            sink = newest
        }
    }

    /// Writes the ratings of entries as they stand, and the users whose they are; their items are counted later.
    private func write(_ entries: [OutboxEntry]) async throws {
        try await send(.ratings, entries.compactMap(documents.rating))
        changedItems.withLock { $0?.formUnion(entries.map(\.item)) }
        let users = Set(entries.compactMap(\.user))
        let operations = try await HeavyThread.run { [store, documents] in
            // Before they are read: whoever reads later has a larger number.
            try documents.operations(ofUsers: users, in: store, version: try store.outboxNumber())
        }
        for (kind, operations) in operations { try await send(kind, operations) }
    }

    /// Writes documents of a kind. It returns when the server has all of them but for dead letters.
    func send(_ kind: IndexKind, _ operations: [BulkOperation]) async throws {
        guard !operations.isEmpty else { return }
        var settings = BulkSettings()
        // What fails for longer is an outage, which the sink tells and waits for.
        settings.attempts = 4
        let outcome = try await client.bulk(operations, settings)
        board.count(kind, outcome)
        // Neither the id of the document nor the reason of the server, which quotes values: the file of dead letters has them.
        for letter in outcome.rejected {
            logger.error(
                "a document was refused",
                metadata: metadata(["refusal": "\(kind.rawValue): \(letter.status) \(letter.type)"]))
        }
        try deadLetters.append(outcome.rejected)
    }

    // MARK: Lag

    /// Measures how far the sink is behind each second, or less often where that takes long, and drops the outbox where that is
    /// too far.
    func watchLag() async {
        while !Task.isCancelled {
            let began = ContinuousClock.now
            // A store that cannot be read now may be in a moment.
            try? await measureLag()
            try? await Task.sleep(for: Self.pause(after: began.duration(to: .now)))
        }
    }

    private func measureLag() async throws {
        let (sink, lag) = try await HeavyThread.run { [store, name = configuration.sinkName] in
            (try store.sink(name), try store.outboxLag(of: name))
        }
        guard let sink, sink.load != 0 else { return board.measured(nil) }
        board.measured(lag)
        guard lag.entries > outboxLimit else { return }
        try await HeavyThread.run { [store] in try store.closeSink(sink.name) }
        board.measured(nil)
        board.countOverflow()
        logger.warning(
            "the sink is too far behind: its changes are dropped, and all is loaded anew when the server is back",
            metadata: metadata(["entries": "\(lag.entries)", "limit": "\(outboxLimit)"]))
    }
}

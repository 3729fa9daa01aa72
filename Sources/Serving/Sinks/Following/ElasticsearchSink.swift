public import Logging
public import Store
import Synchronization

/// Keeps the indices of an Elasticsearch in step with a store, for as long as it runs.
///
/// Changes come from the outbox of the store: what the server has not acknowledged stays there, in order, over ends of the
/// program and outages of the server. Items are counted anew beside it, and what a refresh has computed is loaded into new
/// indices. Where the server has no indices, or the outbox grew beyond its limit, all is loaded anew.
///
/// It holds no thread while it waits, and at most a few thousand entries.
public final class ElasticsearchSink: Sendable {
    /// Names it in the status and in metrics.
    public let name = "elasticsearch"
    let store: Store
    let client: ElasticsearchClient
    let documents: IndexDocuments
    let configuration: ElasticsearchConfiguration
    /// What the newest refresh has computed; nil before the first.
    let graph: @Sendable () -> GraphResult?
    /// Entries of the outbox at which it is dropped, and all is loaded anew.
    let outboxLimit: Int
    /// What the server will never take; beside the store.
    let deadLetters: DeadLetterFile
    let logger: Logger
    let board = SinkBoard()
    /// Items that have changed since they were counted; nil for all.
    let changedItems = Mutex<Set<String>?>(nil)

    /// Between two looks into the outbox, while there is nothing in it.
    static let lookout = Duration.milliseconds(500)

    /// - Parameters:
    ///   - graph: what the newest refresh has computed; nil before the first.
    ///   - outboxLimit: entries, from 1. The default is a million.
    ///   - logger: what goes wrong, and what is right again, is told there.
    public init(
        _ configuration: ElasticsearchConfiguration, store: Store, outboxLimit: Int = 1_000_000, logger: Logger,
        graph: @escaping @Sendable () -> GraphResult?
    ) throws(ElasticsearchError) {
        self.configuration = configuration
        self.store = store
        self.outboxLimit = outboxLimit
        self.graph = graph
        self.logger = logger
        deadLetters = DeadLetterFile(store.path + ".rejected.jsonl")
        client = try ElasticsearchClient(configuration)
        documents = IndexDocuments(prefix: configuration.prefix, pseudonyms: configuration.pseudonyms)
    }

    public var status: SinkStatus { board.status }

    /// Erases users from the indices.
    public var erasure: ElasticsearchErasure {
        ElasticsearchErasure(
            client, deadLetters: deadLetters, pseudonyms: configuration.pseudonyms.map { [$0] } ?? [])
    }

    /// Keeps in step until the task is cancelled; what fails is tried again.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await self.watchLag() }
            group.addTask { await self.keepInStep() }
        }
        board.become(.stopped)
        await client.shutdown()
    }

    private func keepInStep() async {
        // Of addresses that it does not write to any more, and of loads that were under way when a program was killed.
        try? store.closeSinks(except: configuration.sinkName)
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let sent = documentsSent
            do {
                let sink = try await begin()
                board.follow(sink)
                logger.notice(
                    "the sink follows the store", metadata: metadata(["acknowledged": "\(sink.acknowledged)"]))
                try await follow(sink)
            } catch {
                guard !Task.isCancelled else { return }
                if documentsSent > sent { backoff.reset() }
                let pause = backoff.next(using: &generator)
                if board.trouble("\(error)") {
                    logger.warning(
                        "the sink waits", metadata: metadata(["error": "\(error)", "next_attempt": "\(pause)"]))
                }
                try? await Task.sleep(for: pause)
            }
        }
    }

    private var documentsSent: Int { status.documents.values.reduce(0) { $0 + $1.done } }

    func metadata(_ rest: Logger.Metadata = [:]) -> Logger.Metadata {
        rest.merging(["sink": "\(name)"]) { $1 }
    }

    /// Sees to it that the server has indices that the outbox can go on from.
    private func begin() async throws -> SinkState {
        _ = try await client.info()
        if let sink = try await state(), sink.load != 0 {
            if try await client.hasAliases() { return sink }
            logger.warning("the server has not all indices; all is loaded anew", metadata: metadata())
        }
        return try await loadAll()
    }

    /// Follows the outbox, counts items and takes refreshes over, until one of them fails.
    private func follow(_ sink: SinkState) async throws {
        // Which items were changed before an interruption is not kept.
        changedItems.withLock { $0 = nil }
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.followOutbox(from: sink) }
            group.addTask { try await self.countItems() }
            group.addTask { try await self.followRuns(of: sink) }
            // The first that fails ends the others.
            for try await _ in group {}
        }
    }

    func state() async throws -> SinkState? {
        try await HeavyThread.run { [self] in try store.sink(configuration.sinkName) }
    }
}

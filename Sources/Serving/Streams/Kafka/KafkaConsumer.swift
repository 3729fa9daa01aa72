internal import Foundation
public import Privacy
public import Store
internal import Synchronization

/// Reads ratings, items and users from topics of Kafka into a store, each message with effect exactly once.
///
/// How far a group has read is kept in the store, in the commit that stores what was read; a partition is read from there on,
/// whatever the brokers remember. Brokers that go and come back, other consumers of the group, a process that is killed and a store
/// that cannot be written for a while change nothing of what is stored in the end. One thread of its own does all of it.
public final class KafkaConsumer: StreamSource {
    public struct Configuration: Sendable {
        public var settings: KafkaSettings
        /// What is read, and what each topic tells.
        public var topics: [(name: String, kind: MessageKind)]
        /// Whose progress it is.
        public var group = "kindred"
        public var unknownItems = UnknownItems.stub
        /// What is taken of people.
        public var minimisation = Minimisation()
        /// What makes pseudonyms of the ids in messages; nil where they have those of the store. With it the bytes of rejected
        /// messages, which may hold ids, are not kept.
        public var pseudonyms: Pseudonymizer?
        /// The topic that rejected messages are sent to; nil where the store alone keeps them.
        public var deadLetters: String?
        /// Whether it ends where the partitions ended when it began.
        public var stopsAtEnd = false
        /// Messages that are stored together, at most.
        public var batchSize = 1_000
        /// How long a message waits for others.
        public var batchWait = Duration.milliseconds(50)

        public init(_ settings: KafkaSettings, topics: [(name: String, kind: MessageKind)]) {
            self.settings = settings
            self.topics = topics
        }
    }

    /// What two threads see.
    struct Shared {
        var status = StreamStatus()
        var isPaused = false
        var isStopping = false
    }

    public let name = "kafka"
    private let configuration: Configuration
    private let store: Store
    private let apply: @Sendable (StreamBatch) throws -> StreamOutcome
    private let client: ConsumerClient
    private let shared = SharedState()

    /// - Parameter apply: stores a batch as `Store.apply` does. It is called on the consumer's thread. What it throws that may pass,
    ///   such as a full disk, holds the stream until it succeeds; anything else ends `run`.
    /// - Throws: `KafkaError` where settings do not go together.
    public init(
        _ configuration: Configuration, store: Store,
        apply: @escaping @Sendable (StreamBatch) throws -> StreamOutcome
    ) throws(KafkaError) {
        self.configuration = configuration
        self.store = store
        self.apply = apply
        client = try ConsumerClient(
            configuration.settings, group: configuration.group, tellsEnds: configuration.stopsAtEnd)
    }

    public var status: StreamStatus { shared.state.withLock { $0.status } }
    public func pause() { shared.state.withLock { $0.isPaused = true } }
    public func resume() { shared.state.withLock { $0.isPaused = false } }

    /// Reads until the task is cancelled or, where that is asked, the end is reached; then what was read is stored, and the group
    /// is left, within five seconds.
    ///
    /// - Throws: `KafkaError` and `StoreError` for what no waiting mends.
    public func run() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                let thread = Thread { [configuration, store, apply, client, shared] in
                    let loop = ConsumerLoop(configuration, store, apply, client, shared)
                    done.resume(with: Result { try loop.run() })
                }
                thread.name = "kafka"
                thread.start()
            }
        } onCancel: {
            shared.state.withLock { $0.isStopping = true }
        }
    }
}

/// What the consumer's thread and all others see.
final class SharedState: Sendable {
    let state = Mutex(KafkaConsumer.Shared())
}

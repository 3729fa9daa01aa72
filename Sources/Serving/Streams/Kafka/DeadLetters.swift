internal import Foundation
internal import Store

/// Sends rejected messages to a topic of their own, each at least once: the store knows which were sent, also after a restart.
struct DeadLetters {
    private static let most = 500
    /// After which what is not delivered is sent again.
    private static let patience = Duration.seconds(30)

    private let topic: String
    /// The topics whose rejected messages are sent.
    private let sources: [String]
    private let settings: KafkaSettings
    private let store: Store
    private var producer: KafkaProducer?
    private var sent: [RejectedMessage] = []
    private var sentAt = ContinuousClock.now
    /// Whether the store may have some that were not sent; at the start those of the run before.
    private var mayHaveMore = true

    init?(_ configuration: KafkaConsumer.Configuration, _ store: Store) {
        guard let topic = configuration.deadLetters else { return nil }
        self.topic = topic
        self.store = store
        settings = configuration.settings
        sources = configuration.topics.map(\.name)
    }

    /// There is another one in the store.
    mutating func expectMore() { mayHaveMore = true }

    /// Sends what waits, and marks what has been delivered; does not wait for either.
    ///
    /// - Throws: why some are not sent; they are tried again.
    mutating func serve() throws {
        if sent.isEmpty, mayHaveMore { try send() }
        if !sent.isEmpty { try mark(within: .zero) }
    }

    /// Sends the rest, for as long as it may take.
    mutating func finish(within patience: Duration) throws {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end, mayHaveMore || !sent.isEmpty {
            if sent.isEmpty { try send() }
            if !sent.isEmpty { try mark(within: end - .now) }
        }
    }

    private mutating func send() throws {
        let waiting = try store.unsentRejections(of: sources, limit: Self.most)
        mayHaveMore = waiting.count == Self.most
        guard !waiting.isEmpty else { return }
        let producer = try producer ?? KafkaProducer(settings)
        self.producer = producer
        for message in waiting { try producer.send(letter(message), patience: .zero) }
        (sent, sentAt) = (waiting, .now)
    }

    private mutating func mark(within patience: Duration) throws {
        do {
            try producer?.flush(within: patience)
        } catch {
            guard ContinuousClock.now - sentAt > Self.patience else { return }
            (producer, sent, mayHaveMore) = (nil, [], true)
            throw error
        }
        try store.markSent(sent)
        sent = []
    }

    private func letter(_ message: RejectedMessage) -> KafkaMessage {
        KafkaMessage(
            topic: topic, key: nil, value: message.bytes,
            headers: [
                .init("kindred-reason", message.reason), .init("kindred-topic", message.topic),
                .init("kindred-partition", "\(message.partition)"), .init("kindred-offset", "\(message.offset)"),
            ])
    }
}

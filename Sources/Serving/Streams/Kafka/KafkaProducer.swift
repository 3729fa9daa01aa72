internal import CRDKafka
internal import Synchronization

/// Sends messages: each is in its topic once, and those of a key in their order (librdkafka's idempotent producer, acks = all).
///
/// `send` returns before a message is delivered; `flush` waits for all. Whoever sends a long series and wants to go on after a
/// stop keeps `confirmed`. The first message that cannot be delivered ends the series: the next call throws.
public final class KafkaProducer: Sendable {
    private let handle: KafkaHandle
    private let tally = Mutex(DeliveryTally())

    /// - Throws: `KafkaError` where the settings do not go together. Brokers that cannot be reached are no error here.
    public init(_ settings: KafkaSettings) throws(KafkaError) {
        handle = try KafkaHandle(
            producer: KafkaConfiguration(
                settings,
                // Keys go where Java's producers put them; small waits make large batches.
                defaults: ["partitioner": "murmur2_random", "linger.ms": "5", "compression.type": "lz4"],
                own: ["enable.idempotence": "true"]))
    }

    /// How many messages were sent, counted from the first, that have all been delivered.
    public var confirmed: Int {
        serve()
        return tally.withLock { $0.confirmed }
    }

    /// Hands a message over. Where the queue is full, which is back-pressure, it waits for room.
    ///
    /// - Parameter patience: how long it waits at most.
    /// - Throws: `KafkaError` of kind `queueFull` where no room comes, and `notDelivered` for a message that was sent earlier, or
    ///   that no broker would take.
    public func send(_ message: KafkaMessage, patience: Duration = .seconds(60)) throws(KafkaError) {
        serve()
        let end = ContinuousClock.now + patience
        var arguments = MessageArguments(message)
        while true {
            let (failure, code) = tally.withLock { tally in
                let code = unsafe arguments.produce(to: handle.pointer, number: tally.sent + 1)
                if code == RD_KAFKA_RESP_ERR_NO_ERROR { tally.sent += 1 }
                return (tally.failure, code)
            }
            if let failure { throw failure }
            switch code {
            case RD_KAFKA_RESP_ERR_NO_ERROR: return
            case RD_KAFKA_RESP_ERR__QUEUE_FULL where ContinuousClock.now < end: serve(milliseconds: 50)
            case RD_KAFKA_RESP_ERR__QUEUE_FULL:
                throw KafkaError(
                    .queueFull, "no message was delivered within \(patience), and the queue is full",
                    remedy: "Check that the brokers can be reached and keep up, and send again.")
            default: throw Self.failure(of: message.topic, code)
            }
        }
    }

    /// Waits until all that was sent is delivered.
    ///
    /// - Throws: `KafkaError` where that takes longer, or a message was not delivered.
    public func flush(within patience: Duration = .seconds(60)) throws(KafkaError) {
        let end = ContinuousClock.now + patience
        while true {
            serve(milliseconds: 10)
            let (failure, waiting) = tally.withLock { ($0.failure, $0.waiting) }
            if let failure { throw failure }
            if waiting == 0 { return }
            guard ContinuousClock.now < end else {
                throw KafkaError(
                    .notDelivered, "\(waiting) messages were not delivered within \(patience)",
                    remedy: "Check that the brokers can be reached, and send them again.")
            }
        }
    }

    /// Takes the reports that have come, and waits for the first of them.
    private func serve(milliseconds: Int32 = 0) {
        var wait = milliseconds
        while let event = handle.poll(milliseconds: wait) {
            wait = 0
            switch event.type {
            case RD_KAFKA_EVENT_DR: takeReports(event)
            case RD_KAFKA_EVENT_ERROR where event.isFatal:
                let error = KafkaError(.broker, event.text, remedy: "Check the brokers, and start again.")
                tally.withLock { $0.fail(error) }
            default: break
            }
        }
    }

    private func takeReports(_ event: borrowing KafkaEvent) {
        while let message = unsafe rd_kafka_event_message_next(event.pointer) {
            let number = unsafe Int(bitPattern: message.pointee._private)
            let code = unsafe message.pointee.err
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else {
                tally.withLock { $0.confirm(number) }
                continue
            }
            let topic = unsafe String(cString: rd_kafka_topic_name(message.pointee.rkt))
            tally.withLock { $0.fail(Self.failure(of: topic, code)) }
        }
    }

    private static func failure(of topic: String, _ code: rd_kafka_resp_err_t) -> KafkaError {
        KafkaError(
            .notDelivered, "a message for topic \(topic) was not delivered (\(code.text))",
            remedy: code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE
                ? "Allow larger ones by message.max.bytes, here and at the topic."
                : "Check the brokers, and that the topic exists and may be written.")
    }
}

/// Which of the messages sent, numbered from 1, have been delivered.
struct DeliveryTally {
    var sent = 0
    /// Delivered before one that was sent earlier.
    private var early: Set<Int> = []
    /// How many from the first on are delivered.
    private(set) var confirmed = 0
    private(set) var failure: KafkaError?

    var waiting: Int { sent - confirmed - early.count }

    mutating func confirm(_ number: Int) {
        early.insert(number)
        while early.remove(confirmed + 1) != nil { confirmed += 1 }
    }

    /// The first counts.
    mutating func fail(_ error: KafkaError) { failure = failure ?? error }
}

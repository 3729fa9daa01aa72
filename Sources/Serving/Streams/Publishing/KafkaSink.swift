/// Topics of Kafka, by what messages are about.
public struct KafkaSink: MessageSink {
    private let producer: KafkaProducer
    private let topics: [MessageKind: String]

    public init(_ producer: KafkaProducer, topics: [MessageKind: String]) {
        self.producer = producer
        self.topics = topics
    }

    public var confirmed: Int { producer.confirmed }

    public func send(_ message: PublishedMessage) throws -> Bool {
        do {
            try producer.send(
                KafkaMessage(
                    topic: topics[message.kind] ?? message.kind.rawValue, key: message.key, value: message.json,
                    headers: [KafkaMessage.Header(MessageKind.schemaHeader, message.kind.schema)]), patience: .zero)
            return true
        } catch {
            guard error.kind == .queueFull else { throw error }
            return false
        }
    }

    public func flush(within patience: Duration) throws { try producer.flush(within: patience) }
}

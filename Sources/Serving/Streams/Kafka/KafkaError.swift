/// Why Kafka cannot be used as asked.
public struct KafkaError: Error, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// A setting that librdkafka does not know or does not take.
        case setting
        /// The queue of messages that wait for delivery stayed full.
        case queueFull
        /// A message was not delivered.
        case notDelivered
        /// Brokers that cannot be reached, or that refuse what was asked.
        case broker
        /// A topic that is not there, or is not what it was.
        case topic
    }

    public let kind: Kind
    /// With the observed value.
    public let problem: String
    public let remedy: String

    public init(_ kind: Kind, _ problem: String, remedy: String) {
        self.kind = kind
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { "Kafka: \(problem). \(remedy)" }
}

public import Foundation

/// A message for a topic.
public struct KafkaMessage: Sendable, Equatable {
    /// A header; several may have one name.
    public struct Header: Sendable, Equatable {
        public let name: String
        public let value: Data?

        public init(_ name: String, _ value: Data?) {
            self.name = name
            self.value = value
        }

        public init(_ name: String, _ value: String) { self.init(name, Data(value.utf8)) }
    }

    public var topic: String
    /// Messages with one key go into one partition, and so keep their order; nil for any partition.
    public var key: Data?
    /// nil for a tombstone, which removes what the key names.
    public var value: Data?
    public var headers: [Header]
    /// Milliseconds since 1970; nil for now.
    public var time: Int64?

    public init(topic: String, key: Data?, value: Data?, headers: [Header] = [], time: Int64? = nil) {
        self.topic = topic
        self.key = key
        self.value = value
        self.headers = headers
        self.time = time
    }

    public init(topic: String, key: String, value: String?, headers: [Header] = [], time: Int64? = nil) {
        self.init(
            topic: topic, key: Data(key.utf8), value: value.map { Data($0.utf8) }, headers: headers, time: time)
    }
}

internal import CRDKafka
internal import Foundation
internal import Store

/// What a consumer is told, as values.
enum ConsumerEvent {
    case assigned([TopicPartition])
    /// - Parameter isLost: whether the partitions are another consumer's already.
    case revoked(isLost: Bool)
    case message(ConsumedMessage)
    /// The end of a partition is reached.
    case end(TopicPartition, Int64)
    /// What the store has of a partition is not where the broker's messages are.
    case outOfRange(TopicPartition)
    /// - Parameter isFatal: whether no message can come any more.
    case trouble(String, isFatal: Bool)
    /// Whether a broker is connected, once a second.
    case connected(Bool)
    case other
}

/// A message as it came.
struct ConsumedMessage {
    let place: TopicPartition
    let offset: Int64
    let key: Data?
    let value: Data?
    /// The header `kindred-schema`.
    let schema: String?
    /// Milliseconds since 1970.
    let time: Int64?
}

extension KafkaEvent {
    var value: ConsumerEvent {
        switch type {
        case RD_KAFKA_EVENT_FETCH: message
        case RD_KAFKA_EVENT_REBALANCE: rebalance
        case RD_KAFKA_EVENT_ERROR: error
        case RD_KAFKA_EVENT_STATS: .connected(isConnected)
        default: .other
        }
    }

    private var rebalance: ConsumerEvent {
        guard code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS else { return .revoked(isLost: false) }
        guard let list = unsafe rd_kafka_event_topic_partition_list(pointer) else { return .assigned([]) }
        return unsafe .assigned(
            (0..<Int(list.pointee.cnt)).map { unsafe TopicPartition(list.pointee.elems[$0]) })
    }

    private var error: ConsumerEvent {
        guard let part = unsafe rd_kafka_event_topic_partition(pointer) else {
            return .trouble(text, isFatal: isFatal)
        }
        defer { unsafe rd_kafka_topic_partition_destroy(part) }
        let place = unsafe TopicPartition(part.pointee)
        return switch code {
        case RD_KAFKA_RESP_ERR__PARTITION_EOF: unsafe .end(place, part.pointee.offset)
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET: .outOfRange(place)
        default: .trouble(text, isFatal: isFatal)
        }
    }

    /// Such as `{"brokers": {"localhost:9092/1": {"state": "UP"}}}`.
    private var isConnected: Bool {
        struct Statistics: Decodable {
            struct Broker: Decodable { let state: String }
            let brokers: [String: Broker]
        }
        guard let text = unsafe rd_kafka_event_stats(pointer) else { return false }
        let data = unsafe Data(bytes: text, count: strlen(text))
        let statistics = try? JSONDecoder().decode(Statistics.self, from: data)
        return statistics?.brokers.values.contains { $0.state == "UP" } ?? false
    }

    private var message: ConsumerEvent {
        guard let message = unsafe rd_kafka_event_message_next(pointer) else { return .other }
        let place = unsafe TopicPartition(
            topic: String(cString: rd_kafka_topic_name(message.pointee.rkt)), partition: message.pointee.partition)
        guard unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            return unsafe .trouble(message.pointee.err.text, isFatal: false)
        }
        var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = unsafe rd_kafka_message_timestamp(message, &type)
        return unsafe .message(
            ConsumedMessage(
                place: place, offset: message.pointee.offset,
                key: data(message.pointee.key, message.pointee.key_len),
                value: data(message.pointee.payload, message.pointee.len), schema: schema(of: message),
                time: type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : time))
    }

    private func schema(of message: UnsafePointer<rd_kafka_message_t>) -> String? {
        var headers: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        var (value, size): (UnsafeRawPointer?, Int) = (nil, 0)
        let code = unsafe rd_kafka_header_get_last(headers, MessageKind.schemaHeader, &value, &size)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return unsafe data(value, size).map { String(decoding: $0, as: UTF8.self) }
    }

    private func data(_ start: UnsafeRawPointer?, _ count: Int) -> Data? {
        unsafe start.map { unsafe Data(bytes: $0, count: count) }
    }
}

extension TopicPartition {
    init(_ element: rd_kafka_topic_partition_t) {
        unsafe self.init(topic: String(cString: element.topic), partition: element.partition)
    }
}

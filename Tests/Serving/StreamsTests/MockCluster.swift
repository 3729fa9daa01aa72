import CRDKafka
import Foundation

/// librdkafka's mock cluster within the process, on loopback: it has topics, groups and offsets, and keeps them in memory.
@safe final class MockCluster: @unchecked Sendable {
    private let owner: OpaquePointer
    private let cluster: OpaquePointer
    let brokers: String

    /// A message as it lies in a topic.
    struct Stored: Equatable {
        var partition: Int32 = 0
        var offset: Int64 = 0
        var key: String?
        /// nil for a tombstone.
        var value: String?
        var headers: [String] = []
        var time: Int64 = 0
    }

    /// - Parameter topics: their numbers of partitions.
    init(brokers count: Int32 = 1, topics: KeyValuePairs<String, Int32> = [:]) {
        let settings = unsafe rd_kafka_conf_new()
        unsafe rd_kafka_conf_set_log_cb(settings, nil)
        guard let owner = unsafe rd_kafka_new(RD_KAFKA_PRODUCER, settings, nil, 0),
            let cluster = unsafe rd_kafka_mock_cluster_new(owner, count)
        else { preconditionFailure("no mock cluster") }
        unsafe (self.owner, self.cluster) = (owner, cluster)
        brokers = unsafe String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
        for (name, partitions) in topics { unsafe _ = rd_kafka_mock_topic_create(cluster, name, partitions, 1) }
    }

    deinit {
        unsafe rd_kafka_mock_cluster_destroy(cluster)
        unsafe rd_kafka_destroy(owner)
    }

    func setDown(_ broker: Int32 = 1) { unsafe _ = rd_kafka_mock_broker_set_down(cluster, broker) }
    func setUp(_ broker: Int32 = 1) { unsafe _ = rd_kafka_mock_broker_set_up(cluster, broker) }

    /// Has the next requests of a kind fail.
    ///
    /// - Parameter request: its number in Kafka's protocol: 0 for Produce, 1 for Fetch.
    func fail(_ request: Int16, _ code: rd_kafka_resp_err_t, times: Int) {
        let codes = [rd_kafka_resp_err_t](repeating: code, count: times)
        unsafe codes.withUnsafeBufferPointer {
            unsafe rd_kafka_mock_push_request_errors_array(cluster, request, $0.count, $0.baseAddress)
        }
    }

    /// The first messages of partitions, by partition and offset; fewer where no more come within ten seconds.
    func messages(_ topic: String, partitions: Int32 = 1, count: Int) -> [Stored] {
        let settings = unsafe rd_kafka_conf_new()
        unsafe rd_kafka_conf_set_log_cb(settings, nil)
        for (name, value) in [("bootstrap.servers", brokers), ("group.id", "test"), ("enable.auto.commit", "false")] {
            unsafe _ = rd_kafka_conf_set(settings, name, value, nil, 0)
        }
        guard let reader = unsafe rd_kafka_new(RD_KAFKA_CONSUMER, settings, nil, 0) else { return [] }
        unsafe rd_kafka_poll_set_consumer(reader)
        let list = unsafe rd_kafka_topic_partition_list_new(partitions)
        for partition in 0..<partitions {
            let place = unsafe rd_kafka_topic_partition_list_add(list, topic, partition)
            unsafe place?.pointee.offset = 0
        }
        unsafe _ = rd_kafka_assign(reader, list)
        unsafe rd_kafka_topic_partition_list_destroy(list)
        var found: [Stored] = []
        let end = Date(timeIntervalSinceNow: 10)
        while found.count < count, Date() < end {
            guard let message = unsafe rd_kafka_consumer_poll(reader, 100) else { continue }
            if unsafe message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR { unsafe found.append(Self.stored(message)) }
            unsafe rd_kafka_message_destroy(message)
        }
        unsafe _ = rd_kafka_consumer_close(reader)
        unsafe rd_kafka_destroy(reader)
        return found.sorted { ($0.partition, $0.offset) < ($1.partition, $1.offset) }
    }

    private static func stored(_ message: UnsafeMutablePointer<rd_kafka_message_t>) -> Stored {
        var stored = unsafe Stored(partition: message.pointee.partition, offset: message.pointee.offset)
        unsafe stored.key = text(message.pointee.key, message.pointee.key_len)
        unsafe stored.value = text(message.pointee.payload, message.pointee.len)
        stored.time = unsafe rd_kafka_message_timestamp(message, nil)
        var headers: OpaquePointer?
        guard unsafe rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR else { return stored }
        var (name, value, size): (UnsafePointer<CChar>?, UnsafeRawPointer?, Int) = (nil, nil, 0)
        while unsafe rd_kafka_header_get_all(headers, stored.headers.count, &name, &value, &size)
            == RD_KAFKA_RESP_ERR_NO_ERROR, let found = unsafe name
        {
            let text = unsafe text(value, size) ?? "nil"
            unsafe stored.headers.append("\(String(cString: found))=\(text)")
        }
        return stored
    }

    private static func text(_ start: UnsafeRawPointer?, _ count: Int) -> String? {
        unsafe start.map {
            unsafe String(decoding: UnsafeRawBufferPointer(start: $0, count: count), as: UTF8.self)
        }
    }
}

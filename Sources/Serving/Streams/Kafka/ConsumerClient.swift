internal import CRDKafka
internal import Store

/// The calls of librdkafka that a consumer needs. It belongs to one thread.
@safe struct ConsumerClient {
    /// Milliseconds that a question to a broker may take.
    private static let patience: Int32 = 1_000

    private let handle: KafkaHandle

    /// - Parameter tellsEnds: whether `ConsumerEvent.end` comes.
    init(_ settings: KafkaSettings, group: String, tellsEnds: Bool) throws(KafkaError) {
        handle = try KafkaHandle(
            consumer: KafkaConfiguration(
                settings,
                defaults: [
                    // What is fetched ahead; a store that is slower than the brokers holds no more.
                    "queued.max.messages.kbytes": "8192",
                    // A consumer that was killed holds its partitions for this long.
                    "session.timeout.ms": "10000", "reconnect.backoff.max.ms": "2000",
                    "topic.metadata.refresh.interval.ms": "10000",
                    // How long a broker without messages holds a request.
                    "fetch.wait.max.ms": "100",
                ],
                own: [
                    "group.id": group, "enable.auto.commit": "false", "enable.auto.offset.store": "false",
                    // The sticky assignors of librdkafka 2.0.2 lose partitions (librdkafka#4252).
                    "partition.assignment.strategy": "range", "auto.offset.reset": "error",
                    "enable.partition.eof": tellsEnds ? "true" : "false", "statistics.interval.ms": "1000",
                ]))
    }

    func poll(milliseconds: Int32) -> ConsumerEvent? {
        guard let event = handle.poll(milliseconds: milliseconds) else { return nil }
        let value = event.value
        guard case .revoked = value else { return value }
        return .revoked(isLost: unsafe rd_kafka_assignment_lost(handle.pointer) != 0)
    }

    func subscribe(to topics: [String]) throws(KafkaError) {
        let list = PartitionList(topics.map { (TopicPartition(topic: $0, partition: -1), nil) })
        let code = unsafe rd_kafka_subscribe(handle.pointer, list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw KafkaError(
                .broker, "the topics \(topics.joined(separator: ", ")) cannot be subscribed to (\(code.text))",
                remedy: "Check their names.")
        }
    }

    /// Reads partitions from offsets on, or from their beginning where there is none.
    func assign(_ offsets: [(TopicPartition, Int64?)]) {
        let list = PartitionList(offsets.map { ($0.0, $0.1 ?? Int64(RD_KAFKA_OFFSET_BEGINNING)) })
        unsafe _ = rd_kafka_assign(handle.pointer, list.pointer)
    }

    func unassign() { unsafe _ = rd_kafka_assign(handle.pointer, nil) }

    func setPaused(_ isPaused: Bool, _ places: [TopicPartition]) {
        let list = PartitionList(places.map { ($0, nil) })
        unsafe _ =
            isPaused
            ? rd_kafka_pause_partitions(handle.pointer, list.pointer)
            : rd_kafka_resume_partitions(handle.pointer, list.pointer)
    }

    /// Tells the brokers, for those who watch the lag there.
    func commit(_ offsets: [(TopicPartition, Int64)]) {
        guard !offsets.isEmpty else { return }
        let list = PartitionList(offsets.map { ($0.0, $0.1) })
        unsafe _ = rd_kafka_commit(handle.pointer, list.pointer, 1)
    }

    /// The end of a partition as far as it is known, without asking.
    func knownEnd(of place: TopicPartition) -> Int64? {
        var (first, end): (Int64, Int64) = (0, -1)
        let code = unsafe rd_kafka_get_watermark_offsets(
            handle.pointer, place.topic, place.partition, &first, &end)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && end >= 0 ? end : nil
    }

    /// The first offset of a partition and the one behind its last.
    func bounds(of place: TopicPartition) throws(KafkaError) -> Range<Int64> {
        var (first, end): (Int64, Int64) = (0, 0)
        let code = unsafe rd_kafka_query_watermark_offsets(
            handle.pointer, place.topic, place.partition, &first, &end, Self.patience)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, first <= end else {
            throw KafkaError(
                .broker, "\(place.topic)/\(place.partition) does not tell its end (\(code.text))",
                remedy: "Check the brokers.")
        }
        return first..<end
    }

    /// The partitions of a topic; none where there is no such topic.
    func partitions(of topic: String) throws(KafkaError) -> [TopicPartition] {
        guard let found = unsafe rd_kafka_topic_new(handle.pointer, topic, nil) else { return [] }
        defer { unsafe rd_kafka_topic_destroy(found) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = unsafe rd_kafka_metadata(handle.pointer, 0, found, &metadata, Self.patience)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata = unsafe metadata else {
            throw KafkaError(.broker, "no broker answers (\(code.text))", remedy: "Check their addresses.")
        }
        defer { unsafe rd_kafka_metadata_destroy(metadata) }
        return unsafe (0..<Int(metadata.pointee.topic_cnt)).flatMap { place in
            unsafe (0..<Int32(metadata.pointee.topics[place].partition_cnt)).map {
                TopicPartition(topic: topic, partition: $0)
            }
        }
    }

    /// Begins to leave the group; events go on until `isClosed`.
    func beginClosing() {
        if let problem = unsafe rd_kafka_consumer_close_queue(handle.pointer, handle.queue) {
            unsafe rd_kafka_error_destroy(problem)
        }
    }

    var isClosed: Bool { unsafe rd_kafka_consumer_closed(handle.pointer) != 0 }
}

/// Partitions with offsets, as librdkafka takes them.
@safe private final class PartitionList {
    let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ entries: [(TopicPartition, Int64?)]) {
        guard let list = unsafe rd_kafka_topic_partition_list_new(Int32(entries.count)) else {
            preconditionFailure("out of memory")
        }
        unsafe pointer = list
        for (place, offset) in entries {
            let element = unsafe rd_kafka_topic_partition_list_add(list, place.topic, place.partition)
            if let offset { unsafe element?.pointee.offset = offset }
        }
    }

    deinit { unsafe rd_kafka_topic_partition_list_destroy(pointer) }
}

internal import CRDKafka

/// A producer or consumer of librdkafka and its queue of events; both end with it.
///
/// librdkafka may be called from any thread.
@safe final class KafkaHandle: @unchecked Sendable {
    let pointer: OpaquePointer
    let queue: OpaquePointer

    init(producer configuration: KafkaConfiguration) throws(KafkaError) {
        unsafe pointer = try configuration.handle(RD_KAFKA_PRODUCER, events: RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR)
        unsafe queue = rd_kafka_queue_get_main(pointer)
    }

    init(consumer configuration: KafkaConfiguration) throws(KafkaError) {
        unsafe pointer = try configuration.handle(
            RD_KAFKA_CONSUMER, events: RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS)
        unsafe _ = rd_kafka_poll_set_consumer(pointer)
        unsafe queue = rd_kafka_queue_get_consumer(pointer)
    }

    deinit {
        unsafe rd_kafka_queue_destroy(queue)
        // A consumer that is closed has no need for it, and one that could not be closed in time is not waited for.
        unsafe rd_kafka_destroy_flags(pointer, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
    }

    /// The next event, if one comes in time.
    func poll(milliseconds: Int32) -> KafkaEvent? {
        unsafe rd_kafka_queue_poll(queue, milliseconds).map { unsafe KafkaEvent($0) }
    }
}

/// An event, which is given back with the value.
@safe struct KafkaEvent: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe rd_kafka_event_destroy(pointer) }

    /// Which of `RD_KAFKA_EVENT_…`.
    var type: Int32 { unsafe rd_kafka_event_type(pointer) }
    var code: rd_kafka_resp_err_t { unsafe rd_kafka_event_error(pointer) }
    /// What librdkafka says of an error.
    var text: String { unsafe rd_kafka_event_error_string(pointer).map { unsafe String(cString: $0) } ?? code.text }
    /// Whether nothing can be sent any more.
    var isFatal: Bool { unsafe rd_kafka_event_error_is_fatal(pointer) != 0 }
}

internal import CRDKafka

/// librdkafka's settings, until a handle takes them.
@safe final class KafkaConfiguration {
    /// The size of librdkafka's messages.
    static let messageSize = 512

    private var pointer: OpaquePointer?

    /// - Parameter own: what Kindred sets, over what the settings say.
    /// - Throws: `KafkaError` with librdkafka's reason.
    init(_ settings: KafkaSettings, defaults: [String: String] = [:], own: [String: String] = [:]) throws(KafkaError) {
        unsafe pointer = rd_kafka_conf_new()
        // The library is silent, and errors come as events; who wants its log asks for a part of it by `debug`.
        if !settings.options.contains(where: { $0.name == "debug" }) {
            unsafe rd_kafka_conf_set_log_cb(pointer, nil)
        }
        try set("bootstrap.servers", settings.brokers)
        for (name, value) in defaults.sorted(by: { $0.key < $1.key }) { try set(name, value) }
        for option in settings.options { try set(option.name, option.value) }
        for (name, value) in own.sorted(by: { $0.key < $1.key }) { try set(name, value) }
    }

    deinit {
        if let pointer = unsafe pointer { unsafe rd_kafka_conf_destroy(pointer) }
    }

    private func set(_ name: String, _ value: String) throws(KafkaError) {
        var reason = [CChar](repeating: 0, count: Self.messageSize)
        let result = unsafe rd_kafka_conf_set(pointer, name, value, &reason, reason.count)
        guard result == RD_KAFKA_CONF_OK else {
            // librdkafka quotes the value, which a secret must not be.
            let isSecret = KafkaSettings.secrets.contains(name)
            throw KafkaError(
                .setting, isSecret ? "the value of \(name) is not taken" : reason.text,
                remedy: "librdkafka's CONFIGURATION.md lists the options and their values.")
        }
    }

    /// Makes a handle that owns the settings from then on.
    ///
    /// - Parameter events: what comes by queue (`RD_KAFKA_EVENT_…`).
    /// - Throws: `KafkaError` where settings do not go together.
    func handle(_ type: rd_kafka_type_t, events: Int32) throws(KafkaError) -> OpaquePointer {
        unsafe rd_kafka_conf_set_events(pointer, events)
        var reason = [CChar](repeating: 0, count: Self.messageSize)
        guard let handle = unsafe rd_kafka_new(type, pointer, &reason, reason.count) else {
            throw KafkaError(.setting, reason.text, remedy: "librdkafka's CONFIGURATION.md says what goes together.")
        }
        unsafe pointer = nil
        return unsafe handle
    }
}

extension [CChar] {
    /// Up to the first zero.
    var text: String { String(decoding: prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
}

extension rd_kafka_resp_err_t {
    /// Such as `Local: Timed out`.
    var text: String { unsafe rd_kafka_err2str(self).map { unsafe String(cString: $0) } ?? "error \(rawValue)" }
}

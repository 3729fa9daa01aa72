public import Governance
public import Privacy
public import Store

/// Erases a user from topics that were published: a tombstone for each of their messages, by its key, after which a compacted
/// topic forgets both.
public struct KafkaErasure: ErasableCopy {
    private let settings: KafkaSettings
    private let brokers: String
    private let pseudonyms: [String: Pseudonymizer]

    /// - Parameter pseudonyms: of topics that were published by keys of their own, one for each key.
    public init(_ settings: KafkaSettings, brokers: String, pseudonyms: [Pseudonymizer] = []) {
        self.settings = settings
        self.brokers = brokers
        self.pseudonyms = Dictionary(pseudonyms.map { ($0.fingerprint, $0) }) { first, _ in first }
    }

    /// The place of a topic in the ledger of outputs: `kafka://localhost:9092/films#ratings`.
    public static func place(brokers: String, topic: String, _ kind: MessageKind) -> String {
        "kafka://\(brokers)/\(topic)#\(kind.rawValue)"
    }

    /// Topics by a key that is not given are out of reach: their messages have keys that cannot be told.
    public func covers(_ output: Output) -> Bool {
        output.place.hasPrefix("kafka://\(brokers)/") && (output.pseudonymKey.map(pseudonyms.keys.contains) ?? true)
    }

    /// - Throws: `KafkaError` where a tombstone is not delivered.
    public func erase(
        _ user: String, items: [String], outputs: [Output]
    ) async throws -> [ErasureRecord.Place] {
        let topics = outputs.compactMap { output -> (place: String, name: String, kind: MessageKind, user: String)? in
            let parts = output.unkeyedPlace.dropFirst("kafka://\(brokers)/".count).split(separator: "#")
            guard parts.count == 2, let kind = MessageKind(rawValue: String(parts[1])), kind != .items else {
                return nil
            }
            let name = output.pseudonymKey.flatMap { pseudonyms[$0] }?.pseudonym(of: user) ?? user
            return (output.place, String(parts[0]), kind, name)
        }
        guard !topics.isEmpty else { return [] }
        return try await HeavyThread.run { [settings] in
            let producer = try KafkaProducer(settings)
            let places = try topics.map { topic in
                let keys =
                    topic.kind == .users
                    ? [topic.user] : items.map { RatingKey.text(user: topic.user, item: $0) }
                for key in keys {
                    try producer.send(
                        KafkaMessage(
                            topic: topic.name, key: key, value: nil,
                            headers: [KafkaMessage.Header(MessageKind.schemaHeader, topic.kind.schema)]))
                }
                return ErasureRecord.Place(
                    kind: "topic", place: topic.place, .rewritten, count: keys.count,
                    note:
                        "tombstones are sent; a compacted topic forgets with its next compaction, any other with its retention"
                )
            }
            try producer.flush()
            return places
        }
    }
}

internal import Store

/// Where partitions ended when the consumer began, and which of them it has not reached.
struct ConsumerEnds {
    private var waiting: [TopicPartition: Int64] = [:]
    private var seen: [TopicPartition: Int64] = [:]

    var isReached: Bool { waiting.isEmpty }

    /// - Throws: `KafkaError` where no broker answers, or the store has read beyond an end.
    init(of topics: [String], _ client: ConsumerClient, from offsets: [TopicPartition: Int64]) throws(KafkaError) {
        var partitions: [TopicPartition] = []
        for topic in topics { partitions += try client.partitions(of: topic) }
        guard !partitions.isEmpty else {
            throw KafkaError(
                .topic, "there is no topic \(topics.joined(separator: " or "))",
                remedy: "Check the names of the topics.")
        }
        for place in partitions {
            let bounds = try client.bounds(of: place)
            let next = offsets[place] ?? bounds.lowerBound
            if let error = KafkaError(of: place, next: next, bounds) { throw error }
            if max(next, bounds.lowerBound) < bounds.upperBound { waiting[place] = bounds.upperBound }
        }
    }

    /// The store has all up to these offsets, and partitions without messages that wait have ended where their ends were seen.
    mutating func reach(_ offsets: [TopicPartition: Int64], isWaiting: (TopicPartition) -> Bool = { _ in false }) {
        waiting = waiting.filter { place, end in
            let isSeen = seen[place].map { $0 >= end && !isWaiting(place) } ?? false
            return !isSeen && offsets[place] ?? 0 < end
        }
    }

    /// The broker has no more than this of a partition: its last offsets may belong to no messages.
    mutating func see(_ end: Int64, of place: TopicPartition) { seen[place] = end }
}

extension KafkaError {
    /// nil where the offset that the store wants next may be in a partition.
    init?(of place: TopicPartition, next: Int64, _ bounds: Range<Int64>) {
        guard next > bounds.upperBound else { return nil }
        self.init(
            .topic,
            "\(place.topic)/\(place.partition) ends at offset \(bounds.upperBound), but the store has read up to \(next): the "
                + "topic was made anew, or these are other brokers",
            remedy: "Read it as another group, for whom it begins at its beginning.")
    }
}

internal import Store

/// Messages that wait to be stored together.
struct PendingBatch {
    /// Bytes that are held at most, but for one message.
    private static let mostBytes = 8 << 20

    private(set) var messages: [StreamBatch.Message] = []
    private var bytes = 0
    private var due = ContinuousClock.now
    private let size: Int
    private let wait: Duration

    init(size: Int, wait: Duration) {
        (self.size, self.wait) = (size, wait)
    }

    var isEmpty: Bool { messages.isEmpty }
    var isFull: Bool { messages.count >= size || bytes >= Self.mostBytes }

    mutating func append(_ message: StreamBatch.Message) {
        if messages.isEmpty { due = ContinuousClock.now + wait }
        messages.append(message)
        bytes += message.bytes.count
    }

    func isDue(_ now: ContinuousClock.Instant) -> Bool { !isEmpty && (isFull || now >= due) }

    /// How long others may still come, at most as long as given.
    func patience(_ longest: Duration) -> Duration {
        isEmpty ? longest : max(.zero, min(longest, due - ContinuousClock.now))
    }

    func holds(_ place: TopicPartition) -> Bool {
        messages.contains { $0.topic == place.topic && $0.partition == place.partition }
    }

    /// The offset behind the last message of each partition.
    var reach: [TopicPartition: Int64] {
        Dictionary(
            messages.map { (TopicPartition(topic: $0.topic, partition: $0.partition), $0.offset + 1) },
            uniquingKeysWith: max)
    }

    mutating func removeAll() {
        messages.removeAll(keepingCapacity: true)
        bytes = 0
    }
}

public import Foundation
import GRDB

/// Messages of a stream that are stored together with how far they reach: both, or neither.
public struct StreamBatch: Sendable {
    /// A message of a topic's partition.
    public struct Message: Sendable {
        public let topic: String
        public let partition: Int32
        public let offset: Int64
        /// As it came; kept where it is rejected.
        public let bytes: Data
        /// What it says: taken whole, or not at all.
        public let changes: [StreamChange]
        /// Why it says nothing, where it could not be read.
        public let problem: String?

        public init(
            topic: String, partition: Int32, offset: Int64, bytes: Data, changes: [StreamChange],
            problem: String? = nil
        ) {
            self.topic = topic
            self.partition = partition
            self.offset = offset
            self.bytes = bytes
            self.changes = changes
            self.problem = problem
        }
    }

    /// The name of the source that it comes from.
    public let source: String
    /// Whose progress it is; other groups read the same topics on their own.
    public let group: String
    /// Offsets ascend within each partition.
    public var messages: [Message]
    public let unknownItems: UnknownItems

    public init(
        source: String = "kafka", group: String, messages: [Message], unknownItems: UnknownItems = .stub
    ) {
        self.source = source
        self.group = group
        self.messages = messages
        self.unknownItems = unknownItems
    }
}

/// What became of a batch.
public struct StreamOutcome: Sendable {
    public var applied = AppliedChanges()
    public var taken = 0
    /// Messages that an earlier batch, perhaps of another process, has stored.
    public var repeated = 0
    public var rejected: [RejectedMessage] = []
}

/// A message that was not taken, and why.
public struct RejectedMessage: Sendable, Equatable {
    public let topic: String
    public let partition: Int32
    public let offset: Int64
    public let reason: String
    public let bytes: Data
}

extension Store {
    /// Stores what is new of a batch, and the offsets after it, in one commit, which is on the disk when this returns.
    ///
    /// A message below the group's next offset was stored before and is left out, so that neither a broker that delivers twice nor
    /// a consumer that lost its partition without knowing changes anything.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Throws: `StoreError` where nothing was stored.
    public func apply(_ batch: StreamBatch, now: Int64) throws(StoreError) -> StreamOutcome {
        let scale = try scale()
        return try write { database in
            let writer = try ChangeWriter(
                database, scale: scale, of: batch.messages.flatMap(\.changes), unknownItems: batch.unknownItems,
                now: now)
            var outcome = StreamOutcome()
            var next = try Self.offsets(of: batch.group, database)
            var moved: Set<TopicPartition> = []
            let reject = try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO rejected_messages VALUES (?, ?, ?, ?, ?, ?, 0)")
            let tombstones = try Tombstones(database)
            for message in batch.messages {
                let place = TopicPartition(topic: message.topic, partition: message.partition)
                guard message.offset >= next[place] ?? 0 else {
                    outcome.repeated += 1
                    continue
                }
                next[place] = message.offset + 1
                moved.insert(place)
                guard let reason = try message.problem ?? writer.apply(message.changes) else {
                    outcome.taken += 1
                    continue
                }
                // What names somebody who was erased is not kept.
                if try tombstones.areNamed(in: String(decoding: message.bytes, as: UTF8.self)) {
                    outcome.taken += 1
                    continue
                }
                try reject.execute(arguments: [
                    message.topic, message.partition, message.offset, reason, message.bytes, now,
                ])
                outcome.rejected.append(
                    RejectedMessage(
                        topic: message.topic, partition: message.partition, offset: message.offset, reason: reason,
                        bytes: message.bytes))
            }
            outcome.applied = try writer.finish()
            outcome.applied.source = batch.source
            followers.tell(outcome.applied, after: database)
            let keep = try database.cachedStatement(sql: "INSERT OR REPLACE INTO stream_offsets VALUES (?, ?, ?, ?)")
            for place in moved.sorted() {
                try keep.execute(arguments: [batch.group, place.topic, place.partition, next[place]])
            }
            return outcome
        }
    }

    /// The next offset that a group reads of each partition.
    public func offsets(of group: String) throws(StoreError) -> [TopicPartition: Int64] {
        try read { try Self.offsets(of: group, $0) }
    }

    private static func offsets(of group: String, _ database: Database) throws -> [TopicPartition: Int64] {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT topic, partition, next FROM stream_offsets WHERE consumer_group = ?"),
            arguments: [group])
        return try Dictionary(
            rows.map { row in
                (TopicPartition(topic: try row[at: 0], partition: try row[at: 1]), try row[at: 2])
            }
        ) { $1 }
    }
}

/// A partition of a topic.
public struct TopicPartition: Hashable, Comparable, Sendable {
    public let topic: String
    public let partition: Int32

    public init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}

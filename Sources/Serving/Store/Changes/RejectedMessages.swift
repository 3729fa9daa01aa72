import GRDB

extension Store {
    /// Rejected messages of topics that the topic of dead letters does not have yet, in their order.
    public func unsentRejections(of topics: [String], limit: Int) throws(StoreError) -> [RejectedMessage] {
        try read { database in
            let places = databaseQuestionMarks(count: topics.count)
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT topic, partition, offset, reason, bytes FROM rejected_messages
                    WHERE is_sent = 0 AND topic IN (\(places)) ORDER BY topic, partition, offset LIMIT \(limit)
                    """, arguments: StatementArguments(topics))
            return try rows.map { row in
                RejectedMessage(
                    topic: try row[at: 0], partition: try row[at: 1], offset: try row[at: 2], reason: try row[at: 3],
                    bytes: try row[at: 4])
            }
        }
    }

    /// Remembers that the topic of dead letters has them.
    public func markSent(_ messages: [RejectedMessage]) throws(StoreError) {
        guard !messages.isEmpty else { return }
        try write { database in
            let mark = try database.cachedStatement(
                sql: "UPDATE rejected_messages SET is_sent = 1 WHERE topic = ? AND partition = ? AND offset = ?")
            for message in messages {
                try mark.execute(arguments: [message.topic, message.partition, message.offset])
            }
        }
    }
}

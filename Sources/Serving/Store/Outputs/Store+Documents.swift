import GRDB

extension Output {
    /// Kinds of documents about a store as a whole, which hold nothing of single users.
    public static let catalogue = "catalogue"
    public static let record = "record of processing"
}

extension Store {
    /// Keeps where a document about the store itself goes, before it is written: it tells of itself.
    ///
    /// A document at the place of an earlier one is the same where nothing has come into the store or left it since, other such
    /// documents aside. So the same store gives the same bytes.
    ///
    /// - Parameter place: an absolute path.
    public func recordDocument(_ kind: String, at place: String, now: Int64) throws(StoreError) {
        let documents = [Output.catalogue, Output.record]
        let isKnown = try read { database in
            try Bool.fetchOne(
                database,
                sql: """
                    SELECT count(*) > 0 FROM outputs WHERE kind = ? AND place = ? AND written >= (
                        SELECT ifnull(max(time), 0) FROM (
                            SELECT ifnull(finished, started) AS time FROM imports
                            UNION ALL SELECT started FROM runs
                            UNION ALL SELECT written FROM outputs WHERE kind NOT IN (?, ?)))
                    """, arguments: [kind, place, documents[0], documents[1]]) ?? false
        }
        if !isKnown { try record([Output(kind: kind, place: place, written: now, holdsPeople: false)]) }
    }
}

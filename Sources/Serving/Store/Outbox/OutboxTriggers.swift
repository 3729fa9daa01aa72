import GRDB

/// What writes the outbox, whichever program changes the store. The triggers are there while a sink is, as each costs every row of
/// an import.
///
/// An entry takes the place of an earlier one of the same rating or item, so that there are never more than of these.
enum OutboxTriggers {
    private static let all: [(name: String, event: String, row: String, user: String)] = [
        ("rating_added_goes_out", "INSERT ON ratings", "NEW", "NEW.user"),
        ("rating_changed_goes_out", "UPDATE OF value, time ON ratings", "NEW", "NEW.user"),
        ("rating_removed_goes_out", "DELETE ON ratings", "OLD", "OLD.user"),
        ("item_added_goes_out", "INSERT ON items", "NEW", "0"),
        ("title_changed_goes_out", "UPDATE OF title ON items", "NEW", "0"),
        ("genre_added_goes_out", "INSERT ON item_genres", "NEW", "0"),
        ("genre_removed_goes_out", "DELETE ON item_genres", "OLD", "0"),
    ]

    /// Makes those that are not there where there is a sink, and removes all where there is none.
    static func follow(_ database: Database) throws {
        let isNeeded = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM sinks)") ?? false
        for trigger in all {
            try database.execute(
                sql: isNeeded
                    ? """
                    CREATE TRIGGER IF NOT EXISTS \(trigger.name) AFTER \(trigger.event)
                        BEGIN
                            DELETE FROM outbox WHERE user = \(trigger.user) AND item = \(trigger.row).item;
                            INSERT INTO outbox (user, item, written)
                                VALUES (\(trigger.user), \(trigger.row).item, unixepoch());
                        END
                    """ : "DROP TRIGGER IF EXISTS \(trigger.name)")
        }
    }
}

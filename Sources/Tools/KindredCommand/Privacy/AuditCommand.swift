#if Serving
    import ArgumentParser

    /// Who did what when to whose data.
    struct AuditCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit",
            abstract: "Show and verify who did what when to whose data.",
            discussion: """
                A store keeps an entry for each key that is added or removed, each right that is exercised, each statement in SQL and \
                each action of an administrator. Entries are chained by keyed hashes; the key is in STORE-audit.key, beside \
                the store. Users stand in it as keyed hashes of their IDs.

                EXAMPLES
                  kindred audit verify films.sqlite
                  kindred audit show films.sqlite --user 196
                  kindred audit show films.sqlite --since 2026-11-01 --format csv
                """,
            subcommands: [AuditVerifyCommand.self, AuditShowCommand.self])
    }
#endif

#if Serving
    import ArgumentParser
    import Foundation
    import Store

    struct RestrictCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "restrict",
            abstract: "Keep the data of a user and use it for nothing (Art. 18 GDPR).",
            discussion: """
                EXAMPLES
                  kindred privacy restrict films.sqlite --user 7
                  kindred privacy restrict films.sqlite --user 7 --lift
                """)

        @Argument(help: "The store.") var store: String
        @Option(help: ArgumentHelp("Id of the user.", valueName: "id")) var user: String
        @Flag(help: "Lift the restriction.") var lift = false
        @Option(help: "Where the decision comes from, as evidence of it.") var source = "command line"

        func run() throws {
            try Store(store).decideOfKnown(
                [
                    ConsentDecision(
                        user: user, kind: .restriction, isGranted: lift, source: source,
                        time: Int64(Date().timeIntervalSince1970))
                ])
        }
    }

    struct ObjectCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "object",
            abstract: "Enter the objection of a user to a use of their data (Art. 21 GDPR).",
            discussion: """
                EXAMPLES
                  kindred privacy object films.sqlite --user 7
                  kindred privacy object films.sqlite --user 7 --purpose analytics --lift
                """)

        @Argument(help: "The store.") var store: String
        @Option(help: ArgumentHelp("Id of the user.", valueName: "id")) var user: String
        @Option(
            help: ArgumentHelp(
                "Purposes that the user objects to, comma-separated, or all. (default: personalization,analytics)",
                valueName: "purpose,…"))
        var purpose: PurposeList?
        @Flag(help: "Take the objection back.") var lift = false
        @Option(help: "Where the decision comes from, as evidence of it.") var source = "command line"

        func run() throws {
            let now = Int64(Date().timeIntervalSince1970)
            try Store(store).decideOfKnown(
                (purpose?.purposes ?? [.personalization, .analytics]).map {
                    ConsentDecision(user: user, kind: .objection($0), isGranted: lift, source: source, time: now)
                })
        }
    }

    extension Store {
        /// - Throws: `StoreError.refused` for a user who is not known: a slip of the pen would restrict nobody.
        fileprivate func decideOfKnown(_ decisions: [ConsentDecision]) throws {
            for decision in decisions {
                guard try consent(of: decision.user) != nil else {
                    throw StoreError.refused("\(path): there is no user with this id")
                }
                try decide([decision], by: AuditEntry.commandLine)
            }
        }
    }
#endif

#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import RatingFiles
    import Store

    /// Consent by purpose, and what holds without.
    struct ConsentCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "consent",
            abstract: "Give, withdraw and show consent to the use of data.",
            discussion: """
                Purposes are \(PurposeList.names). Who has withdrawn is out of graphs, models, exports and statistics from \
                the next answer on, as if they had never rated; a service that runs follows within a second. Their ratings \
                stay in the store, and giving consent again brings all back (docs/consent.md).

                A file of decisions is CSV: user_id,purpose,decision,time,source. A decision is grant or withdraw, a purpose \
                may be all; time and source may be left out. Rows that say nothing are named, and the others count.

                EXAMPLES
                  kindred privacy consent films.sqlite --user 7 --withdraw export --source "letter of 3 May"
                  kindred privacy consent films.sqlite --user 7 --grant all
                  kindred privacy consent films.sqlite --file decisions.csv
                  kindred privacy consent films.sqlite --default denied
                """)

        @Argument(help: "The store.") var store: String

        @Option(help: ArgumentHelp("Id of the user.", valueName: "id")) var user: String?

        @Option(
            help: ArgumentHelp("Purposes that the user consents to, comma-separated, or all.", valueName: "purpose,…"))
        var grant: PurposeList?

        @Option(
            help: ArgumentHelp(
                "Purposes that the user withdraws consent from, comma-separated, or all.", valueName: "purpose,…"))
        var withdraw: PurposeList?

        @Option(help: "Where the decision comes from, as evidence of it.") var source = "command line"

        @Option(help: ArgumentHelp("A CSV file of decisions.", valueName: "file")) var file: String?

        @Option(
            name: .customLong("default"),
            help: "Whether the data of users who have not decided is used: granted or denied.")
        var policy: ConsentPolicy?

        @Flag(help: "Print the state as JSON.") var json = false

        func validate() throws {
            if user == nil, grant != nil || withdraw != nil { throw ValidationError("name the user: --user ID") }
            if [user != nil, file != nil, policy != nil].count(where: { $0 }) > 1 {
                throw ValidationError("--user, --file and --default do not go together")
            }
            if let user, user.isEmpty { throw ValidationError("the user is empty; an id has at least one character") }
            let both = Set(grant?.purposes ?? []).intersection(withdraw?.purposes ?? [])
            if let purpose = both.map(\.rawValue).min() {
                throw ValidationError("\(purpose) is both granted and withdrawn; choose one")
            }
        }

        func run() throws {
            let now = Int64(Date().timeIntervalSince1970)
            if let file {
                try decide(file, now: now)
            } else if let policy {
                try Store(store).set(policy, source: source, by: AuditEntry.commandLine, now: now)
            } else if let user, grant != nil || withdraw != nil {
                let store = try Store(store)
                for (purposes, isGranted) in [(grant, true), (withdraw, false)] {
                    for purpose in purposes?.purposes ?? [] {
                        let decision = ConsentDecision(
                            user: user, kind: .consent(purpose), isGranted: isGranted, source: source, time: now)
                        try store.decide([decision], by: AuditEntry.commandLine)
                    }
                }
            } else if let user {
                try ConsentReport.show(user, in: Store(reading: store), asJSON: json)
            } else {
                try ConsentReport.show(Store(reading: store), asJSON: json)
            }
        }

        private func decide(_ file: String, now: Int64) throws {
            let judged = try DecisionRow.read(file).map { ($0.line, JudgedDecision($0, source: source, now: now)) }
            let decisions = judged.flatMap { $0.1.decisions }
            if !decisions.isEmpty { try Store(store).decide(decisions, by: AuditEntry.commandLine) }
            let bad = judged.compactMap { line, decision in decision.fault.map { "\(file):\(line): \($0)" } }
            bad.forEach(Console.message)
            Console.result(
                "\((judged.count - bad.count).counted("row")) stored, \(bad.count.counted("row")) not")
            if !bad.isEmpty { throw ExitCode.failure }
        }
    }

    /// What a row of a file decides, or why it decides nothing.
    struct JudgedDecision {
        let decisions: [ConsentDecision]
        let fault: String?

        init(_ row: DecisionRow, source: String, now: Int64) {
            let purposes = PurposeList(argument: row.purpose)
            let isGranted = ["grant": true, "withdraw": false][row.decision]
            let time = row.time ?? now
            fault =
                if let fault = row.fault {
                    fault
                } else if purposes == nil {
                    "there is no purpose \"\(row.purpose.prefix(40))\"; there is \(PurposeList.names) and all"
                } else if isGranted == nil {
                    "the decision is \"\(row.decision.prefix(40))\"; it has to be grant or withdraw"
                } else if !(0...now ~= time) {
                    "the time is before 1970 or in the future"
                } else {
                    nil
                }
            guard fault == nil, let purposes, let isGranted else {
                decisions = []
                return
            }
            decisions = purposes.purposes.map {
                ConsentDecision(
                    user: row.user, kind: .consent($0), isGranted: isGranted, source: row.source ?? source, time: time)
            }
        }
    }

    /// `export,analytics` or `all` on the command line.
    struct PurposeList: ExpressibleByArgument {
        let purposes: [Purpose]

        static let names = Purpose.allCases.map(\.rawValue).joined(separator: ", ")

        init?(argument: String) {
            if argument == "all" {
                purposes = Purpose.allCases
                return
            }
            let named = argument.split(separator: ",", omittingEmptySubsequences: false).map {
                Purpose(rawValue: String($0))
            }
            guard !named.contains(nil) else { return nil }
            purposes = named.compactMap { $0 }
        }
    }

    extension ConsentPolicy: ExpressibleByArgument {}
#endif

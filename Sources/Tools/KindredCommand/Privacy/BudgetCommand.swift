#if Serving
    import ArgumentParser
    import FileOutput
    import LinearAlgebra
    import Store

    struct BudgetCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "budget",
            abstract: "Show or set the privacy budget of published counts, and what is spent of it.",
            discussion: """
                Each table that kindred privacy publish writes spends ε, and with gaussian noise δ. What is spent adds up, and \
                nothing is published beyond the total. Without a total nothing is.

                EXAMPLES
                  kindred privacy budget films.sqlite --total 2
                  kindred privacy budget films.sqlite
                """)

        @Argument(help: "The store.")
        var store: String

        @Option(help: ArgumentHelp("Set the total of ε, \(OptionRange.totalEpsilon.words).", valueName: "ε"))
        var total: Double?

        @Option(
            help: ArgumentHelp(
                "Set the total of δ, \(OptionRange.totalDelta.words). (default: as it is, 0 at first)", valueName: "δ"))
        var totalDelta: Double?

        func validate() throws {
            try OptionRange.totalEpsilon.validate("total", total)
            try OptionRange.totalDelta.validate("total-delta", totalDelta)
        }

        func run() throws {
            let isSetting = total != nil || totalDelta != nil
            let store = try isSetting ? Store(store) : Store(reading: store)
            var budget = try store.budgetTotal()
            if isSetting {
                budget = PrivacyLoss(epsilon: total ?? budget.epsilon, delta: totalDelta ?? budget.delta)
                try store.setBudget(budget)
                try store.audit("privacy.budget", by: AuditEntry.commandLine, detail: "\(budget)")
            }
            let spendings = try store.budgetSpendings()
            let spent = spendings.reduce(PrivacyLoss(millionths: 0)) { $0 + $1.loss }
            if !spendings.isEmpty { Console.result(Self.table(spendings).text()) }
            Console.result("Spent: \(spent) of \(budget)")
        }

        private static func table(_ spendings: [BudgetSpending]) -> DataTable {
            DataTable(
                columns: ["time", "view", "mechanism", "epsilon", "delta", "ratings_of_each_user"],
                rows: spendings.map { one in
                    [
                        .text(PublishedDay.text(ofTime: one.time)), .text(one.view), .text(one.mechanism.rawValue),
                        .real(one.loss.epsilon), .real(one.loss.delta), .integer(Int64(one.contributions)),
                    ]
                })
        }
    }
#endif

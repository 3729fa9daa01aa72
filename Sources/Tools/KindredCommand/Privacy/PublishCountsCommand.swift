#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import Governance
    import LinearAlgebra
    import Store

    struct PublishCountsCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish",
            abstract: "Write counts of ratings with noise, so that nobody learns from them who is in the store.",
            discussion: """
                Differential privacy: the more ε, the less noise, and the more may be learned of each user. Of each user at most \
                --ratings-per-user count. All cells are written, those without ratings too; counts below 0 are written as 0. \
                The budget is spent before anything is counted, and each run spends again, with other noise.

                EXAMPLES
                  kindred privacy budget films.sqlite --total 2
                  kindred privacy publish films.sqlite --view rating_distribution --epsilon 0.5 --output values.csv
                  kindred privacy publish films.sqlite --view ratings_per_day --from 2026-01-01 --to 2026-12-31 \
                --epsilon 0.5 --output days.csv
                """)

        @Argument(help: "The store.")
        var store: String

        @Option(
            help: ArgumentHelp(
                "What is counted: \(CountedView.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "view"))
        var view: CountedView

        @Option(help: ArgumentHelp("The ε that is spent, \(OptionRange.epsilon.words).", valueName: "ε"))
        var epsilon: Double

        @Option(help: "The noise: laplace, or gaussian, which needs --delta.")
        var mechanism = BudgetSpending.Mechanism.laplace

        @Option(
            help: ArgumentHelp(
                "The δ that is spent with gaussian, \(OptionRange.delta.words). (default: none)", valueName: "δ"))
        var delta: Double?

        @Option(
            help: ArgumentHelp(
                "Ratings of each user that count at most, \(OptionRange.contributions.words).", valueName: "n"))
        var ratingsPerUser = 20

        @Option(help: ArgumentHelp("First day of ratings_per_day.", valueName: "yyyy-mm-dd"))
        var from: PublishedDay?

        @Option(help: ArgumentHelp("Last day of ratings_per_day.", valueName: "yyyy-mm-dd"))
        var to: PublishedDay?

        @Flag(help: "Write counts below 0 as they are, so that sums of many cells are right on average.")
        var negative = false

        @Option(help: ArgumentHelp("CSV file to write.", valueName: "file"))
        var output: String

        @OptionGroup var spreadsheet: SpreadsheetOptions

        @Flag(help: "Print no summary.")
        var quiet = false

        func validate() throws {
            try OptionRange.epsilon.validate("epsilon", epsilon)
            try OptionRange.delta.validate("delta", delta)
            try OptionRange.contributions.validate("ratings-per-user", ratingsPerUser)
            if (mechanism == .gaussian) != (delta != nil) {
                throw ValidationError("--mechanism gaussian and --delta go together")
            }
            _ = try days()
        }

        func run() throws {
            let store = try Store(store)
            let file = OutputFile(output, isSpreadsheetSafe: spreadsheet.spreadsheetSafe)
            Interruption.onInterrupt { file.discard() }
            var counts = try NoisyCounts(
                view, mechanism, PrivacyLoss(epsilon: epsilon, delta: delta ?? 0), contributions: ratingsPerUser)
            counts.isClamped = !negative
            var generator = SystemRandomNumberGenerator()
            let table = try counts.publish(
                from: store, days: try days(), now: Int64(Date().timeIntervalSince1970), actor: AuditEntry.commandLine,
                using: &generator)
            try file.write { writer throws(OutputError) in try table.writeCSV(to: &writer) }
            OutputLedger(source: self.store, isQuiet: quiet).record(
                "published counts", [output], anonymous: [URL(fileURLWithPath: output).lastPathComponent])
            if !quiet {
                let spent = try store.budgetSpendings().reduce(PrivacyLoss(millionths: 0)) { $0 + $1.loss }
                Console.result(
                    "Written to \(output): \(table.rows.count) counts; spent \(spent) of \(try store.budgetTotal())")
            }
        }

        private func days() throws(ValidationError) -> ClosedRange<Int64> {
            guard view == .days else {
                if from != nil || to != nil { throw ValidationError("--from and --to are for --view ratings_per_day") }
                return 0...0
            }
            guard let from, let to else { throw ValidationError("--view ratings_per_day needs --from and --to") }
            guard from.day <= to.day else { throw ValidationError("--from is after --to") }
            return from.day...to.day
        }
    }

    /// A day of the calendar, in UTC.
    struct PublishedDay: ExpressibleByArgument {
        /// Since 1970.
        let day: Int64

        /// Nil for anything but a day of the years 1970 to 9999, such as 2026-01-31.
        init?(argument: String) {
            guard argument.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil,
                let date = try? Date(argument, strategy: .iso8601.year().month().day()),
                date.timeIntervalSince1970 >= 0
            else { return nil }
            day = Int64(date.timeIntervalSince1970) / 86_400
        }

        /// A moment as text.
        static func text(ofTime seconds: Int64) -> String {
            // Beyond the year 9999 there is no such text.
            Date(timeIntervalSince1970: TimeInterval(min(253_402_300_799, max(0, seconds)))).formatted(.iso8601)
        }
    }

    extension CountedView: ExpressibleByArgument {}
    extension BudgetSpending.Mechanism: ExpressibleByArgument {}
#endif

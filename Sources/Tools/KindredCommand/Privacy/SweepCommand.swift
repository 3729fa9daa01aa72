#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import Governance
    import LinearAlgebra
    import Store

    struct SweepCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sweep",
            abstract: "Remove rows that are older than they may be.",
            discussion: """
                Rows and documents that were rejected, errors of streams and what requests are told apart by go after the days that the \
                inventory declares; kindred serve does the same each day. What is removed leaves the file of the store with its \
                next change, and its free pages with a vacuum.

                EXAMPLES
                  kindred privacy sweep films.sqlite --dry-run
                  kindred privacy sweep films.sqlite --retain rejected_rows=30 --retain rating_history=1000
                """)

        @Argument(help: "The store.")
        var store: String

        @OptionGroup var retention: RetentionOptions

        @Flag(help: "Say what would go, and remove nothing.")
        var dryRun = false

        @Flag(help: "Print the result as JSON.")
        var json = false

        func run() throws {
            let now = Int64(Date().timeIntervalSince1970)
            let found =
                dryRun
                ? try retention.sweep.overdue(Store(reading: store), now: now)
                : try retention.sweep.run(Store(store), by: AuditEntry.commandLine, now: now)
            if json { try Console.result(json: found) } else { Console.result(text(found)) }
        }

        private func text(_ found: [OverdueRows]) -> String {
            let lines = found.map { rows in
                let since = rows.oldest.map { time in
                    ", the oldest of \(Date(timeIntervalSince1970: Double(time)).formatted(.iso8601.year().month().day()))"
                }
                return "  \(rows.table.padding(toLength: 20, withPad: " ", startingAt: 0)) "
                    + Console.aligned(rows.rows.grouped, 12)
                    + "  older than \(rows.days.counted("day"))\(since ?? "")"
            }
            return (["Rows that \(dryRun ? "would go" : "were removed") from \(store)", ""] + lines)
                .joined(separator: "\n")
        }
    }
#endif

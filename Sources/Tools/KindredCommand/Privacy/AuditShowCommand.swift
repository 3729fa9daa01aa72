#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import Store

    struct AuditShowCommand: ParsableCommand {
        enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json }

        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Show the entries of the audit, oldest first.")

        @Argument(help: "The store.")
        var store: String

        @Option(help: ArgumentHelp("Only entries about this user.", valueName: "id"))
        var user: String?

        @Option(help: ArgumentHelp("Only entries from this day on, such as 2026-11-01, in UTC.", valueName: "date"))
        var since: String?

        @Option(help: "Output format.")
        var format = Format.table

        @OptionGroup var spreadsheet: SpreadsheetOptions

        func validate() throws { _ = try start() }

        func run() throws {
            var query = AuditQuery()
            query.user = user
            query.since = try start()
            let table = try Store(reading: store).auditEntries(query).entries.table
            switch format {
            case .table: Console.result(table.withReadableTimes.text())
            case .csv: Console.data(table.csv(isSpreadsheetSafe: spreadsheet.spreadsheetSafe))
            case .json: try Console.result(json: table)
            }
        }

        /// Seconds since 1970.
        private func start() throws -> Int64 {
            guard let since else { return .min }
            guard let date = try? Date(since, strategy: .iso8601.year().month().day()) else {
                throw ValidationError("since is \(since); it has to be a date such as 2026-11-01")
            }
            return Int64(date.timeIntervalSince1970)
        }
    }

    extension DataTable {
        /// With times as people read them, and the first digits of subjects.
        fileprivate var withReadableTimes: DataTable {
            mapping("time") { value in
                guard case .integer(let seconds) = value else { return value }
                let date = Date(timeIntervalSince1970: TimeInterval(min(253_402_300_799, max(0, seconds))))
                return .text(date.formatted(.iso8601))
            }.mapping("subject") { .text(String($0.plain.prefix(12))) }
        }
    }
#endif

#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import LinearAlgebra
    import Live
    import Service
    import Store

    struct SQLCommand: ParsableCommand {
        enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json }

        static let configuration = CommandConfiguration(
            commandName: "sql",
            abstract: "Query a store with SQL.",
            discussion: """
                One statement that reads, on a connection that cannot write. rating_details has every rating with the IDs \
                of the source; the other tables number users and items within the store. --schema, or the statement \
                ".schema", shows all tables and views, their columns and what they mean: \
                \(SchemaGuide.names.joined(separator: ", ")).

                EXAMPLES
                  kindred sql films.sqlite --schema
                  kindred sql films.sqlite "SELECT * FROM rating_details LIMIT 10"
                  kindred sql films.sqlite "SELECT title, average FROM top_items LIMIT 10"
                  kindred sql films.sqlite "SELECT * FROM ratings_per_day" --format csv
                """)

        @Argument(help: "The store.")
        var store: String

        @Argument(help: "The statement.")
        var query: String?

        @Flag(help: "Show tables and views, their columns and what they mean.")
        var schema = false

        @Option(help: "Output format.")
        var format = Format.table

        @Option(help: ArgumentHelp("Maximum number of rows to print.", valueName: "n"))
        var rowLimit = 10_000

        @Option(
            help: ArgumentHelp(
                "Time limit of the query in seconds, \(OptionRange.timeLimit.words).", valueName: "seconds"))
        var timeLimit = 10.0

        @OptionGroup var spreadsheet: SpreadsheetOptions

        private var asksForSchema: Bool { schema || query == ".schema" }

        func validate() throws {
            if schema == (query != nil) { throw ValidationError("give either a statement or --schema") }
            try OptionRange.rowLimit.validate("row-limit", rowLimit)
            try OptionRange.timeLimit.validate("time-limit", timeLimit)
        }

        func run() throws {
            let table = asksForSchema ? try SchemaGuide.table(ofStoreAt: store) : try answer()
            switch format {
            case .table: Console.result(table.text())
            case .csv: Console.data(table.csv(isSpreadsheetSafe: spreadsheet.spreadsheetSafe))
            case .json: try Console.result(json: table)
            }
            if table.isTruncated, format != .table {
                Console.message("note: there are more than \(rowLimit) rows; --row-limit sets how many are printed.")
            }
        }

        private func answer() throws -> DataTable {
            var question = ReadOnlyQuery(query ?? "")
            try keep(question.sql)
            question.rowLimit = rowLimit
            question.timeLimit = timeLimit
            QueryConfinement.begin(timeLimit: timeLimit) { [timeLimit] in
                Console.message("Error: \(StoreError.tooLong(seconds: timeLimit))")
                _exit(1)
            }
            return try question.run(onStoreAt: store)
        }

        /// In the audit, where the store can be written; what only can be read is asked all the same.
        private func keep(_ statement: String) throws {
            guard try Store.isAuditable(store) else { return }
            do { try Store(store).audit(statement: statement, by: AuditEntry.commandLine) } catch {
                Console.message("note: the statement is not in the audit: \(error)")
            }
        }
    }

    /// Answers one statement for the service, in a process that can be ended at any moment.
    struct AnswerQueryCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "answer-query",
            abstract: "Answer the statement on standard input as JSON, for the service.", shouldDisplay: false)

        /// What the service runs.
        static let command = [Bundle.main.executablePath ?? CommandLine.arguments[0], "answer-query"]

        @Argument(help: "Maximum number of rows.")
        var rowLimit: Int

        @Argument(help: "Time limit of the query, in seconds.")
        var timeLimit: Double

        @Argument(help: "The store.")
        var store: String

        func run() { QueryWorker.answer(store: store, rowLimit: rowLimit, timeLimit: timeLimit) }
    }
#endif

#if Serving
    import ArgumentParser
    import FileOutput
    import Live
    import Reports
    import Store

    struct AnalyticsCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "analytics",
            abstract: "Write the tables and plots of a store's analytics.",
            discussion: """
                WRITES
                  \(AnalyticsView.all.map { "\($0.name).csv" }.joined(separator: ", "))
                  analytics.html   all of them on one page, with plots

                EXAMPLE
                  kindred analytics films.sqlite --output analytics
                """)

        @Argument(help: "The store.")
        var store: String

        @Option(help: ArgumentHelp("Folder to write to; created if missing.", valueName: "folder"))
        var output: String

        @OptionGroup var spreadsheet: SpreadsheetOptions

        @Flag(help: "Print no progress and no summary.")
        var quiet = false

        func run() throws {
            let progress = ProgressLine(isEnabled: !quiet)
            let folder = try OutputFolder(output, isSpreadsheetSafe: spreadsheet.spreadsheetSafe)
            Interruption.onInterrupt { folder.discard() }
            defer { folder.discard() }
            progress.begin("querying")
            var parts: [AnalyticsPage.Part] = []
            for (index, view) in AnalyticsView.all.enumerated() {
                let table = try view.table(ofStoreAt: store, limit: .max)
                try folder.write("\(view.name).csv") { writer throws(OutputError) in try table.writeCSV(to: &writer) }
                parts.append(AnalyticsPage.Part(view, table))
                progress.update(Double(index + 1) / Double(AnalyticsView.all.count))
            }
            let page = AnalyticsPage(source: store, parts: parts, version: Version.kindred)
            try folder.write("analytics.html") { writer throws(OutputError) in try writer.write(page.html) }
            try folder.commit()
            OutputLedger(source: store, isQuiet: quiet).record(
                "analytics", folder.files,
                anonymous: Set(AnalyticsView.all.filter { !$0.isAboutSingleUsers }.map { "\($0.name).csv" }))
            progress.end()
            if !quiet { Console.result("Written to \(output): \(parts.count) tables as CSV, and analytics.html") }
        }
    }

    extension AnalyticsPage.Part {
        fileprivate init(_ view: AnalyticsView, _ table: DataTable) {
            self.init(
                name: view.name, title: view.title, table: table,
                plot: view.plot.map { Plot(x: $0.x, y: $0.y, isBars: $0.kind == .bars) })
        }
    }
#endif

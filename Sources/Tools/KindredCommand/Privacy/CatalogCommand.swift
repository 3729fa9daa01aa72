#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import Governance
    import Store

    struct CatalogCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "catalog",
            abstract: "Write the data catalogue of a store.",
            discussion: """
                Sources, tables, views and outputs with their columns, quality checks with their history, model cards, and \
                lineage from each imported file to each output. Results of the checks are saved in the store where they have \
                changed. Columns about people are shown as groups of 5 users or more, their ids never.

                WRITES
                  index.html       all of it on one page, with a search
                  catalog.json     the same as JSON
                  catalog.jsonld   DCAT-AP 3
                  croissant.json   the training data, for machine learning (Croissant 1.0)
                  csvw/            metadata of the CSV files that kindred writes (CSV on the Web)
                  lineage.json     what came from what
                  model-cards/     a page per model of the newest run and of folders that train wrote, also as Markdown
                  ratings.csv      the ratings, with --with-data

                EXAMPLE
                  kindred catalog films.sqlite --output catalogue
                """)

        @Argument(help: "The store.")
        var store: String

        @Option(help: ArgumentHelp("Folder to write to; created if missing.", valueName: "folder"))
        var output: String

        @Flag(help: "Write the ratings too, so that croissant.json has records.")
        var withData = false

        @Flag(help: "Print the result as JSON.")
        var json = false

        @Flag(help: "Print no progress and no summary.")
        var quiet = false

        func run() throws {
            let progress = ProgressLine(isEnabled: !quiet)
            let opened = try Store(store)
            let folder = try OutputFolder(output, isPrivate: true)
            Interruption.onInterrupt { folder.discard() }
            defer { folder.discard() }
            progress.begin("checking")
            let now = Int64(Date().timeIntervalSince1970)
            let checks = try opened.checkQuality(now: now)
            try opened.save(checks)
            progress.begin("writing")
            let data = try withData ? trainingData(of: opened, folder, now: now) : nil
            OutputLedger(source: store, isQuiet: quiet).recordDocument(Output.catalogue, in: output)
            let catalog = try Catalog(
                of: opened, version: Version.kindred, checks: checks, history: opened.qualityHistory())
            try catalog.write(to: folder, data: data)
            try folder.commit()
            progress.end()
            let summary = Summary(catalog)
            if json { try Console.result(json: summary) } else if !quiet { Console.result(summary.text(output)) }
        }

        /// The ratings as CSV, which the ledger of outputs knows before the file is there.
        private func trainingData(of store: Store, _ folder: OutputFolder, now: Int64) throws -> TrainingData {
            let (data, rows) = try store.writeTrainingData(to: folder)
            let place = URL(fileURLWithPath: output).appendingPathComponent(data.name).standardizedFileURL.path
            let output = Output(
                kind: "training data", place: place, written: now, sha256: data.sha256, rows: rows, holdsPeople: true)
            let isKnown = try store.outputs().contains { $0.place == place && $0.sha256 == data.sha256 }
            if !isKnown { try store.record([output]) }
            return data
        }

        private struct Summary: Encodable {
            let sources: Int
            let relations: Int
            let outputs: Int
            let models: Int
            let checks: Int
            let failed: [String]

            init(_ catalog: Catalog) {
                sources = catalog.sources.count
                relations = catalog.relations.count
                outputs = catalog.outputs.count
                models = catalog.models.count
                checks = catalog.checks.count
                failed = catalog.checks.filter { !$0.hasPassed }.map { check in
                    "\(check.name) of \([check.relation, check.field].filter { !$0.isEmpty }.joined(separator: "."))"
                }
            }

            func text(_ output: String) -> String {
                let quality =
                    failed.isEmpty
                    ? "all \(checks) quality checks passed"
                    : "\(failed.count) of \(checks) quality checks failed: \(failed.joined(separator: ", "))"
                return "Written to \(output): \(sources.counted("source")), \(relations) tables and views, "
                    + "\(outputs.counted("output")) and \(models.counted("model")); \(quality)"
            }
        }
    }
#endif

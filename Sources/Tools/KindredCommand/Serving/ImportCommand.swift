#if Serving
    import ArgumentParser
    import Downloads
    import FileOutput
    import Foundation
    import Governance
    import LinearAlgebra
    import Privacy
    import RatingFiles
    import Ratings
    import Store
    import Streams

    struct ImportCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Import ratings into a store.",
            discussion: """
                A store is one SQLite file: ratings with their history, users, items, and what is computed of them. Every \
                command that takes a SOURCE takes a store, kindred sql asks it questions, and kindred serve answers from it.

                Of several ratings of an item by a user the latest counts and the others are history. Rows that are no ratings \
                are left out and told: the table rejected_rows has each with its line and the reason. Times in milliseconds or \
                microseconds are converted.

                Of users the store takes age, as a group such as 18–24, gender and occupation; zip codes, names and whatever \
                else a catalog has are left out unless --keep-attributes names them.

                The same file is taken once, however often it is imported; an import that was interrupted goes on where it was.

                EXAMPLES
                  kindred import ml-100k --store films.sqlite
                  kindred import new.csv --store films.sqlite --scale 0.5..5
                  kindred sql films.sqlite "SELECT reason, count(*) FROM rejected_rows GROUP BY reason"
                """)

        @Argument(
            help: "A ratings file, plain or compressed, a folder or an archive of a data set, or - for standard input.")
        var source: String

        @Option(help: ArgumentHelp("The store; created if missing.", valueName: "file"))
        var store: String

        @Option(
            help: ArgumentHelp(
                "The rating scale, within \(RatingScale.widest.words). (default: the store's, or the usual scale that covers 99 % of the rows)",
                valueName: "least..most"))
        var scale: ScaleBounds?

        @OptionGroup(title: "Data of people") var people: MinimisationOptions

        @Flag(help: "Take users in again who were erased; without it their rows are left out.")
        var readmitErased = false

        @Option(
            help: ArgumentHelp(
                "Terms of use of the data, for the catalogue. (default: those of MovieLens where a README names it)",
                valueName: "text"))
        var licence: String?

        @Option(help: ArgumentHelp("How to cite the data, for the catalogue.", valueName: "text"))
        var citation: String?

        @OptionGroup var lineage: LineageOptions

        @Flag(help: "Keep pseudonyms of users instead of their ids: HMAC-SHA-256 under the key of --key-file.")
        var pseudonymize = false

        @Option(
            help: ArgumentHelp(
                "A file with the key of the pseudonyms, \(Pseudonymizer.Key.fewestBytes) bytes or more that only its owner may read; after a rotation all keys of the store in their order.",
                valueName: "file"))
        var keyFile: [String] = []

        @OptionGroup(title: "Files") var file: FileOptions

        @OptionGroup(title: "Run") var runtime: RunOptions

        func validate() throws {
            if pseudonymize == keyFile.isEmpty {
                throw ValidationError("--pseudonymize and --key-file go together; name both or neither")
            }
        }

        func run() throws {
            let job = LineageJob(
                "import", "Import ratings into a store.", version: Version.kindred,
                inputs: lineage.input(source, file), outputs: [LineageDataset(table: "ratings", ofStore: store)])
            try lineage.telling(job) { try run(&$0) }
        }

        private func run(_ job: inout LineageJob) throws {
            let pseudonymizer = try PseudonymKeys.pseudonymizer(keyFile)
            let begin = ContinuousClock.now
            let progress = ProgressLine(isEnabled: !runtime.quiet)
            try Store.requireStoreOrNothing(store)
            if !FileKind.isPipe(source), Store.isDatabase(source) {
                _ = try Store(reading: source)
                throw StoreError.refused(
                    "\(source): this is a store, and import takes files. Name the files it was imported from; commands that "
                        + "take a SOURCE take the store itself.")
            }
            // A pipe is read once, and an import reads twice: for the ratings, and for the lines of those that are left out.
            let copy = try FileKind.isPipe(source) ? PipeCopy(source) : nil
            defer { copy?.remove() }
            let found = try file.source(copy?.path ?? source)
            var reader = file.reader(threads: runtime.threadCount)
            reader.onBadRow = .skip

            progress.begin("reading")
            let rows = try reader.rows(found.ratings) { progress.update($0) }
            var input = try ImportSource(
                rows, of: found, by: reader, name: source, checksum: found.checksum(),
                minimisation: people.minimisation)
            input.readmitsErased = readmitErased

            progress.begin("storing", total: Double(rows.entries.reduce(0) { $0 + $1.count }), unit: "ratings")
            let opened = try Store(store, creates: true)
            try opened.require(pseudonymsBy: pseudonymizer?.fingerprints ?? [])
            if let pseudonymizer { input = input.pseudonymized(by: pseudonymizer) }
            let report = try opened.importRatings(
                input, scale: scale?.bounds, now: Int64(Date().timeIntervalSince1970)
            ) { progress.update($0) }
            try opened.save(terms(of: found), ofImport: input.checksum)
            if lineage.lineage != nil { job.outputs = [try LineageDataset(ratingsOf: opened)] }
            progress.end()
            if !runtime.quiet { SourceMessages.show(reading: rows.reading, notes: rows.notes, of: source) }
            if runtime.json {
                try Console.result(json: report)
            } else if !runtime.quiet {
                Console.result(text(report, seconds: begin.duration(to: .now) / .seconds(1)))
            }
        }

        private func terms(of found: RatingsSource) -> SourceTerms {
            let known = PublishedDataSet.named(byReadmeBeside: source)
            return SourceTerms(
                bytes: found.ratings.reduce(0) { $0 + $1.byteCount }, licence: licence ?? known?.licence,
                citation: citation ?? known?.citation)
        }

        private func text(_ report: ImportReport, seconds: Double) -> String {
            if report.was_complete { return "\(source) is in \(store) already; nothing was changed." }
            var lines = [("rows", report.rows_read), ("kept", report.kept), ("duplicates", report.duplicates)]
            lines += [
                ("malformed", report.malformed), ("off scale", report.out_of_scale),
                ("bad times", report.impossible_times), ("converted", report.times_converted),
                ("unknown", report.unknown_items), ("erased", report.erased),
            ].filter { $0.1 > 0 }
            let notes = [
                "duplicates": "another rating of the same user and item counts",
                "malformed": "too few fields, or no number",
                "off scale": "the value is outside the rating scale", "bad times": "before 1970 or in the future",
                "converted": "times in milliseconds or microseconds",
                "unknown": "of items missing from the catalog",
                "erased": "of users who were erased; --readmit-erased takes them in again",
            ]
            let table = lines.map { name, count in
                let note = notes[name].map { "  \($0)" } ?? ""
                return "  \(name.padding(toLength: 12, withPad: " ", startingAt: 0)) "
                    + Console.aligned(count.grouped, 12) + note
            }
            let resumed =
                report.resumed_after > 0
                ? ["", "  Resumed after \(report.resumed_after.counted("row")) of an interrupted import."] : []
            let dropped =
                report.dropped_attributes.isEmpty
                ? []
                : [
                    "",
                    "  Not taken of users: \(report.dropped_attributes.joined(separator: ", ")). "
                        + "--keep-attributes takes them.",
                ]
            let rejected =
                report.rejected > 0
                ? ["", "  Rejected rows: kindred sql \(store) \"SELECT * FROM rejected_rows\""] : []
            return (["\(source) into \(store) in \(seconds.fixed(2)) s", ""] + table + resumed + dropped + rejected)
                .joined(separator: "\n")
        }
    }
#endif

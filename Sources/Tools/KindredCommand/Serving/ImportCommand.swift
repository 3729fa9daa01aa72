#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import RatingFiles
    import Ratings
    import Store

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

                The same file is taken once, however often it is imported; an import that was interrupted goes on where it was.

                EXAMPLES
                  kindred import ml-100k --store films.sqlite
                  kindred import new.csv --store films.sqlite --scale 0.5..5
                  kindred sql films.sqlite "SELECT reason, count(*) FROM rejected_rows GROUP BY reason"
                """)

        @Argument(help: "A MovieLens folder or a ratings file.")
        var source: String

        @Option(help: ArgumentHelp("The store; created if missing.", valueName: "file"))
        var store: String

        @Option(
            help: ArgumentHelp(
                "The rating scale. (default: the store's, or the usual scale that covers 99 % of the rows)",
                valueName: "least..most"))
        var scale: ScaleBounds?

        @Option(help: ArgumentHelp("Which columns are user, item, rating and timestamp.", valueName: "columns"))
        var columns: String?

        @OptionGroup(title: "Run") var runtime: RunOptions

        func run() throws {
            let begin = ContinuousClock.now
            let progress = ProgressLine(isEnabled: !runtime.quiet)
            let found = try RatingsSource(source)
            var reader = RatingsReader()
            reader.onBadRow = .skip
            reader.columns = columns.map { $0.split(separator: ",").map(String.init) } ?? []
            reader.threads = runtime.threadCount

            progress.begin("reading")
            let rows = try reader.rows(found.ratings) { progress.update($0) }
            let unrated = try found.items(besides: rows.items)
            let input = ImportSource(
                name: source, checksum: try found.checksum(), entries: rows.entries, userIDs: rows.users,
                itemIDs: rows.items, items: try found.itemCatalog(for: rows.items),
                users: try found.userCatalog(for: rows.users), unratedIDs: unrated,
                unrated: try found.itemCatalog(for: unrated),
                malformed: rows.rejected.map { RejectedRating(line: $0.line, reason: $0.reason, text: $0.text) },
                lines: { [reader] in try reader.lines(ofRows: $0, besides: rows.rejected, in: found.ratings) })

            progress.begin("storing", total: Double(rows.entries.reduce(0) { $0 + $1.count }), unit: "ratings")
            let report = try Store(store, creates: true).importRatings(
                input, scale: scale?.bounds, now: Int64(Date().timeIntervalSince1970)
            ) { progress.update($0) }
            progress.end()
            if !runtime.quiet { rows.notes.forEach { Console.message("note: \($0)") } }
            if runtime.json {
                Console.result(try Console.json(report))
            } else if !runtime.quiet {
                Console.result(text(report, seconds: begin.duration(to: .now) / .seconds(1)))
            }
        }

        private func text(_ report: ImportReport, seconds: Double) -> String {
            if report.was_complete { return "\(source) is in \(store) already; nothing was changed." }
            var lines = [("rows", report.rows_read), ("kept", report.kept), ("duplicates", report.duplicates)]
            lines += [
                ("malformed", report.malformed), ("off scale", report.out_of_scale),
                ("bad times", report.impossible_times), ("converted", report.times_converted),
                ("unknown", report.unknown_items),
            ].filter { $0.1 > 0 }
            let notes = [
                "duplicates": "another rating of the same user and item counts",
                "malformed": "too few fields, or no number",
                "off scale": "the value is no rating", "bad times": "before 1970 or in the future",
                "converted": "times in milliseconds or microseconds",
                "unknown": "of items that the catalog does not have",
            ]
            let table = lines.map { name, count in
                let note = notes[name].map { "  \($0)" } ?? ""
                return "  \(name.padding(toLength: 12, withPad: " ", startingAt: 0)) "
                    + Console.aligned(count.grouped, 12) + note
            }
            let resumed =
                report.resumed_after > 0
                ? ["", "  Went on after \(report.resumed_after.grouped) rows of an interrupted import."] : []
            let rejected =
                report.rejected > 0
                ? ["", "  What was left out: kindred sql \(store) \"SELECT * FROM rejected_rows\""] : []
            return (["\(source) into \(store) in \(seconds.fixed(2)) s", ""] + table + resumed + rejected)
                .joined(separator: "\n")
        }
    }

    /// `0.5..5` on the command line.
    struct ScaleBounds: ExpressibleByArgument {
        let bounds: ClosedRange<Float>

        init?(argument: String) {
            let ends = argument.split(separator: "..", omittingEmptySubsequences: false).map { Float($0) }
            guard ends.count == 2, let least = ends[0], let most = ends[1], least.isFinite, most.isFinite, least < most
            else { return nil }
            bounds = least...most
        }
    }
#endif

#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import LinearAlgebra
    import RatingFiles
    import Ratings
    import Store
    import Streams

    struct WatchCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "watch",
            abstract: "Import files as they are put into a folder.",
            discussion: """
                A file is imported once its size and time have rested for --settle seconds, and then moves to the folder done \
                beside it, or to failed with the reason in NAME.reason.txt. With --keep files stay, and those that are appended \
                to are read on from where they ended. The same bytes are taken once, under any name.

                Hidden files, *.part, *.tmp, folders and symbolic links are left alone. Titles and attributes come in files \
                named as data sets name them: movies.csv, users.csv and their like.

                EXAMPLES
                  kindred watch incoming --store films.sqlite
                  kindred watch incoming --store films.sqlite --once
                  kindred watch logs --store films.sqlite --keep
                """)

        @Argument(help: ArgumentHelp("The folder.", valueName: "folder"))
        var folder: String

        @Option(help: ArgumentHelp("The store; created if missing.", valueName: "file"))
        var store: String

        @OptionGroup var watching: WatchOptions

        @OptionGroup(title: "Data of people") var people: MinimisationOptions

        @OptionGroup(title: "Data of people") var keys: StoreKeyOptions

        @Option(
            help: ArgumentHelp(
                "The rating scale, within \(RatingScale.widest.words). (default: the store's, or the usual scale that covers 99 % of the first file)",
                valueName: "least..most"))
        var scale: ScaleBounds?

        @Flag(help: "Take what is there and end; the exit code is 1 if a file failed.")
        var once = false

        @Option(
            help: ArgumentHelp(
                "Number of threads, \(OptionRange.threads.words). (default: all processors)", valueName: "n"))
        var threads: Int?

        @Flag(help: "Print errors only.")
        var quiet = false

        func validate() throws {
            try OptionRange.threads.validate("threads", threads)
            if folder.isEmpty { throw ValidationError("name the folder") }
        }

        func run() async throws {
            try Store.requireStoreOrNothing(store)
            var settings = watching.settings(folder)
            settings.scale = scale?.bounds
            settings.minimisation = people.minimisation
            settings.reader.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
            let opened = try Store(store, creates: true)
            settings.pseudonyms = try keys.pseudonyms(for: opened)
            let source = try FolderSource(
                settings, into: opened, untilEmpty: once,
                tell: { [quiet] news in
                    if case .failed = news { return Console.message("\(news)") }
                    if !quiet { Console.message("\(news)") }
                })
            if !quiet, !once { Console.message("Watching \(folder). Stop with Ctrl-C.") }
            let running = Task { try await source.run() }
            let signals = StopSignals { running.cancel() }
            defer { withExtendedLifetime(signals) {} }
            try await running.value
            let status = source.status
            if !quiet {
                Console.result(
                    "\(status.files.counted("file")), \(status.taken.counted("row")) taken, "
                        + "\(status.rejected.counted("row")) rejected, \(source.failedFiles.counted("file")) failed")
            }
            if once, source.failedFiles > 0 { throw ExitCode.failure }
        }
    }

    /// How folders are watched.
    struct WatchOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "Seconds for which size and time of a file rest before it is read, \(OptionRange.settle.words).",
                valueName: "seconds"))
        var settle = 1.0

        @Flag(help: "Leave files where they are.")
        var keep = false

        func validate() throws { try OptionRange.settle.validate("settle", settle) }

        func settings(_ folder: String) -> FolderSettings {
            var settings = FolderSettings(folder)
            settings.settle = settle
            settings.keepsFiles = keep
            return settings
        }
    }
#endif

#if Serving
    import ArgumentParser
    import Downloads
    import Foundation

    struct FetchCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fetch",
            abstract: "Download a published data set and verify its checksum.",
            discussion: """
                Loads the archive, verifies the published checksum, unpacks it into a folder and shows the licence and \
                what to cite. A load that was interrupted goes on where it ended.

                DATA SETS
                \(PublishedDataSet.all.map { "  \($0.name)  \($0.summary)" }.joined(separator: "\n"))

                EXAMPLE
                  kindred fetch ml-100k && kindred graph ml-100k --output out
                """)

        @Argument(help: "The data set: \(PublishedDataSet.all.map(\.name).joined(separator: ", ")).")
        var dataSet: String

        @Option(help: ArgumentHelp("Parent folder of the downloaded folder.", valueName: "folder"))
        var output = "."

        @Option(help: ArgumentHelp("URL of a folder with the archives and their .md5 files.", valueName: "url"))
        var mirror = PublishedDataSet.publisher

        @Flag(help: "Print errors only.")
        var quiet = false

        private var published: PublishedDataSet? { PublishedDataSet.all.first { $0.name == dataSet } }

        func validate() throws {
            if published == nil {
                let names = PublishedDataSet.all.map(\.name).joined(separator: ", ")
                throw ValidationError("there is no data set \"\(dataSet)\"; there are \(names)")
            }
            if !["http", "https"].contains(URL(string: mirror)?.scheme) {
                throw ValidationError("mirror is \"\(mirror)\"; it has to begin with https:// or http://")
            }
        }

        func run() async throws {
            guard let published else { return }
            let fetcher = Fetcher(published, mirror: mirror, parent: URL(fileURLWithPath: output))
            let folder = fetcher.folder.relativePath
            if FileManager.default.fileExists(atPath: fetcher.folder.path) {
                Console.message("\(folder) is already there; remove it to fetch it again.")
                return
            }
            let progress = ProgressLine(isEnabled: !quiet)
            progress.begin("loading")
            defer { progress.end() }
            try await fetcher.fetch { received, expected in
                guard let expected, expected > 0 else { return }
                progress.update(
                    Double(received) / Double(expected), total: Double(expected), unit: "B")
            }
            progress.end()
            guard !quiet else { return }
            Console.result(
                """
                \(dataSet) is in \(folder), its checksum verified.

                Licence  \(published.licence)
                Cite     \(published.citation)

                Next     kindred graph \(folder) --output out
                """)
        }
    }
#endif

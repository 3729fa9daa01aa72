#if Serving
    import ArgumentParser
    import Foundation
    import Governance
    import Store

    struct AccessCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "access",
            abstract: "Write everything that a store holds of a user into a zip file for them.",
            discussion: """
                WRITES
                  index.html      a page to read
                  data.json       all tables
                  csv/*.csv       each table: ratings, history, attributes, lists, near users (how near they are, not who),
                                  rejected rows, imports, and where data went

                The file is for its owner alone, and holds nobody else (docs/rights.md).

                EXAMPLE
                  kindred privacy access films.sqlite --user 42 --output 42.zip
                """)

        @Argument(help: "The store.")
        var store: String

        @Option(help: ArgumentHelp("The user, by the id in the source.", valueName: "id"))
        var user: String

        @Option(help: ArgumentHelp("The zip file to write.", valueName: "file"))
        var output: String

        @OptionGroup(title: "Run") var runtime: RunOptions

        func run() throws {
            let now = Int64(Date().timeIntervalSince1970)
            let open = try Store(store)
            try PersonalArchive(of: user, in: open, time: now).write(to: output)
            try open.audit("privacy.access", by: AuditEntry.commandLine, about: user)
            OutputLedger(source: store, isQuiet: runtime.quiet).record(Output.access, [output])
            if !runtime.quiet { Console.result("Written to \(output)") }
        }
    }
#endif

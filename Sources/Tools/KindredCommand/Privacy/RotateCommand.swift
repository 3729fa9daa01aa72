#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import Store

    struct RotateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: "Give all users of a store new pseudonyms by another key.",
            discussion: """
                A pseudonym cannot be turned back, so the new one is made of the old one: imports apply all keys of the store \
                from then on, oldest first. What was computed comes again with the next refresh, and indices are loaded anew.

                EXAMPLES
                  kindred privacy rotate films.sqlite --key-file key --new-key-file key-2
                  kindred import more.csv --store films.sqlite --pseudonymize --key-file key --key-file key-2
                """)

        @Argument(help: "The store; no service may be running on it.") var store: String
        @Option(
            help: ArgumentHelp("The key of the store; after a rotation all of them, oldest first.", valueName: "file"))
        var keyFile: [String]
        @Option(help: ArgumentHelp("The key that is applied from now on.", valueName: "file")) var newKeyFile: String

        func run() throws {
            let (old, new) = try (keyFile.map(PseudonymKeys.read), PseudonymKeys.read(newKeyFile))
            let count = try Store(store).rotate(from: old, to: new, by: AuditEntry.commandLine)
            Console.result("\(count.counted("user")) renamed")
        }
    }
#endif

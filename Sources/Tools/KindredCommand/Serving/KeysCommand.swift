#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import Service
    import Store

    /// The keys that open the service.
    struct KeysCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "keys",
            abstract: "Create, list and remove the API keys of a store.",
            discussion: """
                As soon as a store has a key, kindred serve answers only requests that carry one: Authorization: Bearer KEY. \
                read may ask, write may change ratings too, admin may refresh, ask in SQL and see IDs of others too; auditor reads \
                the audit alone. The store keeps only hashes.

                EXAMPLES
                  kindred keys add films.sqlite --name dashboard --role read
                  kindred keys add films.sqlite --name dashboard --role read --key-file secrets/dashboard
                  kindred keys list films.sqlite
                  kindred keys remove films.sqlite --name dashboard
                """,
            subcommands: [Add.self, List.self, Remove.self])

        struct Add: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Create a key and print it once.")

            @Argument(help: "The store.") var store: String
            @Option(help: "Name of the key.") var name: String
            @Option(help: "Role: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).") var role: Role
            @Option(
                help: ArgumentHelp(
                    "A file with the key, of 32 to 512 letters, digits, _ and -, instead of a new one; it replaces the key of this name.",
                    valueName: "file"))
            var keyFile: String?

            func validate() throws {
                if !(1...80 ~= name.count) {
                    throw ValidationError("the name has \(name.count) characters; a name has 1 to 80")
                }
            }

            func run() throws {
                let key = try keyFile.map(Self.read) ?? APIKey.make()
                let stored = StoredKey(
                    hash: APIKey.hash(key), name: name, role: role, created: Int64(Date().timeIntervalSince1970))
                try Store(store).add(stored, isReplacing: keyFile != nil)
                if keyFile == nil { Console.result(key) }
            }

            /// The hash of a key is no slow one, so that a key has to be long.
            private static func read(_ file: String) throws -> String {
                let text: String
                do {
                    text = try String(contentsOfFile: file, encoding: .utf8)
                } catch {
                    throw ValidationError("--key-file \(file): it cannot be read as text")
                }
                let key = text.trimmingCharacters(in: .whitespacesAndNewlines)
                guard key.wholeMatch(of: /[A-Za-z0-9_-]{32,512}/) != nil else {
                    throw ValidationError(
                        "--key-file \(file): the key has \(key.count) characters; it must have 32 to 512 letters, digits, _ and -"
                    )
                }
                return key
            }
        }

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "List the keys by name.")

            @Argument(help: "The store.") var store: String

            func run() throws {
                let rows = try Store(reading: store).keys().map { key in
                    // Beyond the year 9999 there is no such text.
                    let seconds = min(253_402_300_799, max(0, key.created))
                    let created = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
                    return [DataTable.Value.text(key.name), .text(key.role.rawValue), .text(created)]
                }
                Console.result(DataTable(columns: ["name", "role", "created"], rows: rows).text())
            }
        }

        struct Remove: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Remove a key; it stops working immediately.")

            @Argument(help: "The store.") var store: String
            @Option(help: "Name of the key.") var name: String

            func run() throws { try Store(store).removeKey(named: name) }
        }
    }

    extension Role: ExpressibleByArgument {}
#endif

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
                read may ask, write may change ratings too, admin may refresh and ask in SQL too. The store keeps only hashes.

                EXAMPLES
                  kindred keys add films.sqlite --name dashboard --role read
                  kindred keys list films.sqlite
                  kindred keys remove films.sqlite --name dashboard
                """,
            subcommands: [Add.self, List.self, Remove.self])

        struct Add: ParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Create a key and print it once.")

            @Argument(help: "The store.") var store: String
            @Option(help: "Name of the key.") var name: String
            @Option(help: "Role: \(Role.allCases.map(\.rawValue).joined(separator: ", ")).") var role: Role

            func validate() throws {
                if !(1...80 ~= name.count) {
                    throw ValidationError("the name has \(name.count) characters; a name has 1 to 80")
                }
            }

            func run() throws {
                let key = APIKey.make()
                try Store(store).add(
                    StoredKey(
                        hash: APIKey.hash(key), name: name, role: role, created: Int64(Date().timeIntervalSince1970)))
                Console.result(key)
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

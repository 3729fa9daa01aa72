#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import Governance
    import Privacy
    import Sinks
    import Store
    import Streams

    struct EraseCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase",
            abstract: "Erase a user from a store and from all that was made of it.",
            discussion: """
                Ratings and their history, attributes, rejected rows and messages, neighbors, communities, lists and snapshots go \
                in one commit. Indices and topics of the store forget; files that were written from it lose their rows, or \
                are removed where they are no lists of rows. Then the free space of the file is cleaned. What was done stands \
                in the receipt, which does not name the user. Imports leave the user out from then on, unless \
                import --readmit-erased lets them back.

                What is interrupted is completed by --resume. A store that is being served is asked over HTTP: \
                DELETE /users/ID/privacy (docs/erasure.md).

                EXAMPLES
                  kindred privacy erase films.sqlite --user 42 --output receipt.json
                  kindred privacy erase films.sqlite --user 42 --elasticsearch http://localhost:9200
                  kindred privacy erase films.sqlite --resume
                """)

        @Argument(help: "The store.")
        var store: String

        @Option(help: ArgumentHelp("The user, by the id in the source.", valueName: "id"))
        var user: String?

        @Flag(help: "Complete erasures that were interrupted.")
        var resume = false

        @Option(help: ArgumentHelp("File for the receipt, as JSON.", valueName: "file"))
        var output: String?

        @Flag(help: "Go ahead although indices or topics of the store are not named; the receipt says which remain.")
        var leaveOutside = false

        @Option(help: ArgumentHelp("Elasticsearch or OpenSearch with indices of the store.", valueName: "url"))
        var elasticsearch: String?

        @Option(help: ArgumentHelp("What the names of indices begin with.", valueName: "name"))
        var prefix = "kindred"

        @Option(help: ArgumentHelp("File with an API key of Elasticsearch in its first line.", valueName: "file"))
        var apiKeyFile: String?

        @Option(
            help: ArgumentHelp(
                "Certificates in PEM that vouch for the server's. (default: the system's)", valueName: "file"))
        var ca: String?

        @Option(
            help: ArgumentHelp(
                "A file with the key of pseudonyms in an index or a topic; once for each key.", valueName: "file"))
        var pseudonymKey: [String] = []

        @OptionGroup(title: "Kafka") var kafka: KafkaOptions

        @OptionGroup(title: "Run") var runtime: RunOptions

        func validate() throws {
            if (user == nil) != resume { throw ValidationError("name a user, or --resume what was interrupted") }
            if elasticsearch == nil, apiKeyFile != nil || ca != nil {
                throw ValidationError("--api-key-file and --ca need --elasticsearch")
            }
        }

        func run() async throws {
            let store = try Store(store)
            // A service has everybody in memory, and erases by itself.
            guard let claim = try store.claim() else { throw StoreError.served(path: self.store) }
            defer { withExtendedLifetime(claim) {} }
            let receipts = try await withCopies { copies in
                try await erase(Erasure(store, copies: copies, vacuums: true), in: store)
            }
            for receipt in receipts { try show(receipt) }
        }

        private func erase(_ erasure: Erasure, in store: Store) async throws -> [ErasureReceipt] {
            let unfinished = try store.unfinishedErasures()
            var jobs = resume ? unfinished : unfinished.filter { $0.id == user }
            if let user, jobs.isEmpty {
                let unreached = try erasure.unreachedPlaces()
                guard unreached.isEmpty || leaveOutside else {
                    throw ValidationError(
                        "the store's data is also at \(unreached.joined(separator: ", ")): name the server by --elasticsearch or "
                            + "--kafka and the key by --pseudonym-key, or leave them with --leave-outside")
                }
                jobs = [try erasure.begin(user, by: AuditEntry.commandLine)]
            }
            var receipts: [ErasureReceipt] = []
            for job in jobs { receipts.append(try await erasure.complete(job)) }
            return receipts
        }

        private func withCopies<Value>(_ body: ([any ErasableCopy]) async throws -> Value) async throws -> Value {
            let pseudonyms = try pseudonymKey.map { Pseudonymizer([try PseudonymKeys.read($0)]) }
            var copies: [any ErasableCopy] = []
            if let brokers = kafka.kafka {
                copies.append(KafkaErasure(try kafka.settings(), brokers: brokers, pseudonyms: pseudonyms))
            }
            guard let elasticsearch else { return try await body(copies) }
            var configuration: ElasticsearchConfiguration
            do { configuration = try ElasticsearchConfiguration(url: elasticsearch, prefix: prefix) } catch {
                throw ValidationError("\(error)")
            }
            if let apiKeyFile {
                configuration.authentication = .apiKey(try ElasticsearchConfiguration.secret(inFile: apiKeyFile))
            }
            configuration.caFile = ca
            return try await ElasticsearchClient.use(configuration) { [copies] client in
                let letters = DeadLetterFile(self.store + ".rejected.jsonl")
                return try await body(
                    copies + [ElasticsearchErasure(client, deadLetters: letters, pseudonyms: pseudonyms)])
            }
        }

        private func show(_ receipt: ErasureReceipt) throws {
            let json = try receipt.json
            if let output {
                try OutputFile(output).write { writer throws(OutputError) in try writer.write(json) }
            }
            if runtime.json {
                Console.result(json: json)
            } else if !runtime.quiet {
                Console.result(try receipt.text)
            }
        }
    }
#endif

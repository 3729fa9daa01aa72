#if Serving
    import ArgumentParser
    import Foundation
    import Privacy
    import Sinks

    /// Which Elasticsearch or OpenSearch, and as whom: of all commands that speak with it.
    struct ElasticsearchOptions: ParsableArguments {
        @Option(help: ArgumentHelp("Elasticsearch or OpenSearch.", valueName: "url"))
        var elasticsearch: String?

        @Option(help: ArgumentHelp("What the names of indices begin with.", valueName: "name"))
        var prefix = "kindred"

        @Option(help: ArgumentHelp("File with an API key in its first line.", valueName: "file"))
        var apiKeyFile: String?

        @Option(help: ArgumentHelp("User, with --password-file.", valueName: "name"))
        var user: String?

        @Option(help: ArgumentHelp("File with the user's password in its first line.", valueName: "file"))
        var passwordFile: String?

        @Option(
            help: ArgumentHelp(
                "Certificates in PEM that vouch for the server's. (default: the system's)", valueName: "file"))
        var ca: String?

        @Option(
            help: ArgumentHelp(
                "A file with a key: users have pseudonyms by it in the indices, which cannot be joined with those by another.",
                valueName: "file"))
        var pseudonymKey: String?

        func validate() throws {
            let others = [
                ("--api-key-file", apiKeyFile), ("--user", user), ("--password-file", passwordFile), ("--ca", ca),
                ("--pseudonym-key", pseudonymKey),
            ]
            if elasticsearch == nil, let given = others.first(where: { $0.1 != nil }) {
                throw ValidationError("\(given.0) needs --elasticsearch")
            }
            if (user == nil) != (passwordFile == nil) {
                throw ValidationError("--user and --password-file go together")
            }
            if user != nil, apiKeyFile != nil { throw ValidationError("--user and --api-key-file do not go together") }
            _ = try address()
        }

        /// - Returns: nil where no server is named.
        /// - Throws: `InputError` for files that hold no secret.
        func configuration() throws -> ElasticsearchConfiguration? {
            guard var configuration = try address() else { return nil }
            if let apiKeyFile {
                configuration.authentication = .apiKey(try ElasticsearchConfiguration.secret(inFile: apiKeyFile))
            } else if let user, let passwordFile {
                configuration.authentication = .basic(
                    user: user, password: try ElasticsearchConfiguration.secret(inFile: passwordFile))
            }
            configuration.caFile = ca
            configuration.pseudonyms = try pseudonyms()
            return configuration
        }

        /// nil without a key.
        func pseudonyms() throws -> Pseudonymizer? { try PseudonymKeys.pseudonymizer(pseudonymKey.map { [$0] } ?? []) }

        private func address() throws -> ElasticsearchConfiguration? {
            guard let elasticsearch else { return nil }
            do { return try ElasticsearchConfiguration(url: elasticsearch, prefix: prefix) } catch {
                throw ValidationError("\(error)")
            }
        }
    }
#endif

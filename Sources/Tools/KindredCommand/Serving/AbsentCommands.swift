#if !Serving
    import ArgumentParser

    /// A command that a build without the trait `Serving` does not have: it says what brings it.
    protocol AbsentCommand: ParsableCommand {
        static var name: String { get }
        var arguments: [String] { get }
    }

    extension AbsentCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: name, abstract: "Not in this build: script/build brings it.",
                shouldDisplay: name != "answer-query")
        }

        func run() throws {
            throw ValidationError("this build has no command \(Self.name): script/build makes one that does")
        }
    }

    struct ImportCommand: AbsentCommand {
        static let name = "import"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct SQLCommand: AbsentCommand {
        static let name = "sql"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct AnswerQueryCommand: AbsentCommand {
        static let name = "answer-query"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct AnalyticsCommand: AbsentCommand {
        static let name = "analytics"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct ServeCommand: AbsentCommand {
        static let name = "serve"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct WatchCommand: AbsentCommand {
        static let name = "watch"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct PublishCommand: AbsentCommand {
        static let name = "publish"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct IndexCommand: AbsentCommand {
        static let name = "index"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct PrivacyCommand: AbsentCommand {
        static let name = "privacy"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct AuditCommand: AbsentCommand {
        static let name = "audit"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct CatalogCommand: AbsentCommand {
        static let name = "catalog"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct KeysCommand: AbsentCommand {
        static let name = "keys"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct ConsumeCommand: AbsentCommand {
        static let name = "consume"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }

    struct FetchCommand: AbsentCommand {
        static let name = "fetch"
        @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
    }
#endif

#if Serving
    import ArgumentParser
    import Foundation
    import LinearAlgebra
    import Ratings
    import Store

    struct RectifyCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rectify",
            abstract: "Correct a rating or an attribute of a user.",
            discussion: """
                The wrong value goes from the history too. What is computed follows with the next refresh, and files with the \
                command that wrote them.

                EXAMPLES
                  kindred privacy rectify films.sqlite --user 42 --item 50 --rating 4
                  kindred privacy rectify films.sqlite --user 42 --attribute age=25-34
                """)

        @Argument(help: "The store.")
        var store: String

        @Option(help: ArgumentHelp("The user, by the id in the source.", valueName: "id"))
        var user: String

        @Option(help: ArgumentHelp("The item that was rated.", valueName: "id"))
        var item: String?

        @Option(help: ArgumentHelp("What the rating is, \(RatingScale.widest.words).", valueName: "rating"))
        var rating: Float?

        @Option(help: ArgumentHelp("What an attribute is.", valueName: "name=value"))
        var attribute: String?

        func validate() throws { _ = try correction() }

        func run() throws {
            let open = try Store(store)
            try open.rectify(user, try correction(), now: Int64(Date().timeIntervalSince1970))
            try open.audit("privacy.rectify", by: AuditEntry.commandLine, about: user)
        }

        private func correction() throws -> Rectification {
            if let attribute, item == nil, rating == nil {
                let parts = attribute.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty else {
                    throw ValidationError("--attribute is \"\(attribute)\"; it has to be name=value")
                }
                return .attribute(name: String(parts[0]), value: String(parts[1]))
            }
            guard let item, let rating, attribute == nil else {
                throw ValidationError("name --item and --rating, or --attribute")
            }
            try RatingScale.widest.validate("rating", rating)
            return .rating(item: item, value: rating)
        }
    }
#endif

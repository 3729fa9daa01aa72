import ArgumentParser
import FileOutput
import Foundation
import Platform

/// The command line: parse, call, print.
@main
struct RootCommand: AsyncParsableCommand {
    static let version = Version.kindred

    static let configuration = CommandConfiguration(
        commandName: "kindred",
        abstract: "Exact user-similarity graphs, communities and recommendations.",
        discussion: """
            Kindred reads ratings (user, item, rating, timestamp), builds the exact graph of similar users, finds its \
            communities, recommends items and compares recommenders. It writes files for Gephi, igraph, networkx, \
            spreadsheets and notebooks, and serves a store over HTTP with a dashboard.

            EXAMPLES
              kindred fetch ml-100k
              kindred graph ml-100k --output out
              kindred neighbors ml-100k --user 1
              kindred recommend ml-100k --user 1 --explain
              kindred compare ml-100k --models als,knn --output out
              kindred tune ml-100k --models als,knn --output tuned
              kindred replay ml-100k --output replayed
              kindred import ml-100k --store films.sqlite
              kindred serve --store films.sqlite

            Results go to standard output, messages and progress to standard error. The exit code is 0 when done, 1 \
            when something failed and 64 when the command line is wrong.
            """,
        version: version,
        subcommands: [
            GraphCommand.self, NeighborsCommand.self, TrainCommand.self, RecommendCommand.self, CompareCommand.self,
            TuneCommand.self, ReplayCommand.self, ImportCommand.self, SQLCommand.self, AnalyticsCommand.self,
            ServeCommand.self, WatchCommand.self, PublishCommand.self, IndexCommand.self,
            PrivacyCommand.self, AuditCommand.self, CatalogCommand.self,
            AnswerQueryCommand.self, KeysCommand.self, ConsumeCommand.self,
            SparkCommand.self, GenerateCommand.self, FetchCommand.self, VersionCommand.self,
        ])

    /// As the command line's own `main`, but for the hints.
    static func main() async {
        prepareStandardStreams()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            fail(Hinted(error) ?? error)
        }
    }

    /// As the command line's own `exit`, but without control characters of what an error quotes, and with an error where help
    /// cannot be written.
    private static func fail(_ error: any Error) -> Never {
        let code = exitCode(for: error)
        let message = fullMessage(for: error)
        if code == .success {
            // Help and the version are no failures, and go to standard output.
            if !message.isEmpty { Console.result(message) }
        } else if !message.isEmpty {
            // Only what is said of the command line has lines; others could quote a line break of a file.
            Console.message(code == .validationFailure ? message : message.visible())
        }
        Foundation.exit(code.rawValue)
    }
}

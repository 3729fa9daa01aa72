import ArgumentParser
import Datasets
import FileOutput
import Foundation
import LinearAlgebra
import RatingFiles

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Generate synthetic ratings with planted communities.",
        discussion: """
            Shapes are those of MovieLens, \(SyntheticShape.named.map(\.name).joined(separator: ", ")), or \
            USERSxITEMSxRATINGS. A few films are rated by many, most by few; every user belongs to a community that \
            prefers its own films. Ratings are half stars. The same shape, options and seed make the same bytes.

            The ending of the output chooses the format: .csv with a header as MovieLens has it, .dat with :: between \
            the fields, anything else with tabs.

            EXAMPLES
              kindred generate 1m --output ratings.dat
              kindred generate 2000x1500x120000 --output ratings.csv --truth communities.csv
            """)

    @Argument(help: "The shape: 100k, 1m, 10m, 20m, 25m or USERSxITEMSxRATINGS.")
    var shape: String

    @Option(help: ArgumentHelp("File to write the ratings to.", valueName: "file"))
    var output: String

    @Option(help: ArgumentHelp("Communities to plant, \(OptionRange.communities.words).", valueName: "n"))
    var communities = 8

    @Option(help: ArgumentHelp("Share of ratings that ignore communities, 0 to 1.", valueName: "share"))
    var mixing = 0.6

    @Option(help: ArgumentHelp("Seed of all random choices.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("File to write the planted communities to: userId,community.", valueName: "file"))
    var truth: String?

    @Option(help: ArgumentHelp("File to write invented films to: movieId,title,genres.", valueName: "file"))
    var movies: String?

    @Flag(help: "Print no progress.")
    var quiet = false

    func validate() throws {
        do { _ = try SyntheticShape(shape) } catch { throw ValidationError("\(error)") }
        try OptionRange.communities.validate("communities", communities)
        try OptionRange.mixing.validate("mixing", mixing)
    }

    func run() throws {
        let progress = ProgressLine(isEnabled: !quiet)
        let shape = try SyntheticShape(shape)
        let ratings = SyntheticRatings(shape, communities: communities, mixing: mixing, seed: seed)
        progress.begin("generating", total: Double(shape.ratings), unit: "ratings")
        try write(output) { writer throws(OutputError) in
            try writeRatings(ratings, to: &writer, progress)
        }
        if let truth {
            try write(truth) { writer throws(OutputError) in
                try writer.write("userId,community\n")
                for (user, community) in ratings.userCommunities.enumerated() {
                    try writer.write("\(user + 1),\(community)\n")
                }
            }
        }
        if let movies {
            let catalog = SyntheticCatalog(itemCommunities: ratings.itemCommunities, seed: seed)
            try write(movies) { writer throws(OutputError) in
                try writer.write("movieId,title,genres\n")
                for item in 0..<shape.items {
                    let film = catalog.film(item)
                    try writer.write("\(item + 1),\(film.title),\(film.genres.joined(separator: "|"))\n")
                }
            }
        }
        progress.end()
    }

    private func write(
        _ path: String, _ body: (inout ByteWriter) throws(OutputError) -> Void
    ) throws(OutputError) {
        let file = OutputFile(path)
        Interruption.onInterrupt { file.discard() }
        try file.write(body)
    }

    private func writeRatings(
        _ ratings: SyntheticRatings, to writer: inout ByteWriter, _ progress: ProgressLine
    ) throws(OutputError) {
        let layout = RatingsWriter(for: output)
        try layout.writeHeader(to: &writer)
        for user in 0..<ratings.shape.users {
            for row in ratings.rows(ofUser: user) {
                try layout.write(
                    user: user + 1, item: row.item + 1, halfStars: row.halfStars, timestamp: row.timestamp,
                    to: &writer)
            }
            progress.update(Double(user + 1) / Double(ratings.shape.users))
        }
    }
}

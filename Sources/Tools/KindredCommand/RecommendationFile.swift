import Engine
import FileOutput
import Platform
import Ratings
import Reports

/// The lists of all users in a file, and what they took.
struct RecommendationFile {
    let path: String
    /// How many items a list has at most.
    let count: Int
    let isSpreadsheetSafe: Bool
    let threads: Int

    /// Fits, recommends and writes; the file appears when it is whole.
    ///
    /// - Parameter fit: gives the model, and the minimum rating of a like where it learned from likes.
    func write(
        _ progress: ProgressLine, fit: () throws -> (recommender: Recommender, relevance: Float?)
    ) throws -> Summary {
        let file = OutputFile(path, isSpreadsheetSafe: isSpreadsheetSafe)
        Interruption.onInterrupt { file.discard() }
        defer { file.discard() }
        var seconds = Summary.Seconds()
        progress.begin("fitting")
        let (recommender, relevance) = try timed(&seconds.fit, fit)
        let ratings = recommender.dataset.ratings
        progress.begin("recommending", total: Double(ratings.users.count), unit: "users")
        let lists = timed(&seconds.recommend) {
            recommender.scoredItemsOfAll(count: count, threads: threads) { progress.update($0) }
        }
        progress.begin("writing")
        try timed(&seconds.write) {
            let writer = RecommendationWriter(users: ratings.users, items: ratings.items)
            try file.write { bytes throws(OutputError) in try writer.write(lists, to: &bytes) }
        }
        progress.end()
        return Summary(
            model: recommender.kind.rawValue, unit: recommender.kind.listUnit,
            score_meaning: recommender.kind.scoreMeaning, relevant: relevance, users: lists.count,
            rows: lists.reduce(0) { $0 + $1.count }, seconds: seconds, peak_memory_bytes: ProcessMemory.peakBytes)
    }

    private func timed<Result>(_ seconds: inout Double, _ work: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer { seconds = start.duration(to: .now) / .seconds(1) }
        return try work()
    }

    /// What `recommend --all` prints.
    struct Summary: Encodable {
        struct Seconds: Encodable {
            var fit = 0.0
            var recommend = 0.0
            var write = 0.0
        }

        let model: String
        /// What the lists are sorted by: `predicted_rating` or `score`.
        let unit: String
        let score_meaning: String?
        /// The minimum rating of a like, where the model learned from likes.
        let relevant: Float?
        let users: Int
        /// The lines of the file below its header.
        let rows: Int
        let seconds: Seconds
        let peak_memory_bytes: Int

        func text(output: String) -> String {
            """
            \(rows.counted("recommendation")) for \(users.counted("user")) by \(model)

            \(relevant.map { "  likes        \(likesText($0))\n" } ?? "")\
              time         \(seconds.recommend.fixed(3)) s, after \(seconds.fit.fixed(3)) s of fitting
              memory       \(peak_memory_bytes >> 20) MiB at most

              Written to \(output)
            """
        }
    }
}

import Engine
import Evaluation
import FileOutput
import Foundation

extension ComparisonReport {
    /// `report.json`: all measurements by model, with the options of the run.
    ///
    /// Keys are sorted snake case; figures with a cut-off are named as in `ndcg@10`. Non-finite values are null.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            let document = Document(
                options: options, arithmetic: arithmetic, version: version, source: source,
                models: comparison.models.map(model),
                differences: comparison.differences.map(Difference.init),
                overlaps: comparison.overlaps.map(Overlap.init), examples: examples.map(Example.init))
            return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
        }
    }

    private func model(_ name: String) -> Model {
        let results = results(of: name)
        let activity = comparison.buckets(name, { $0.ratings?.buckets.byActivity ?? [] }, isRootMean: true)
        let popularity = comparison.buckets(name, { $0.ratings?.buckets.byPopularity ?? [] }, isRootMean: true)
        let ndcg = comparison.buckets(name, { $0.rankings?.ndcgByActivity ?? [] }, isRootMean: false)
        return Model(
            model: name, mean: named(comparison.means(name)), folds: results.map { named($0.figures) },
            losses: results.map { $0.losses.map(Number.init) }, rmseByActivity: activity.map(Bucket.init),
            rmseByPopularity: popularity.map(Bucket.init), ndcgByActivity: ndcg.map(Bucket.init),
            density: JoinedDensity(results.compactMap { $0.ratings?.density }).map(Density.init))
    }

    private func named(_ figures: [ModelResult.Figure]) -> [String: Number] {
        let pairs = figures.map { figure in
            (figure.metric.rawValue + (figure.cutoff.map { "@\($0)" } ?? ""), Number(figure.value))
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

/// A number for JSON, null unless finite.
private struct Number: Encodable {
    let value: Double

    init(_ value: Double) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
    }
}

private struct Document: Encodable {
    let options: [String: String]
    let arithmetic: Arithmetic
    let version: String
    let source: String
    let models: [Model]
    let differences: [Difference]
    let overlaps: [Overlap]
    let examples: [Example]
}

private struct Model: Encodable {
    let model: String
    let mean: [String: Number]
    let folds: [[String: Number]]
    /// By fold.
    let losses: [[Number]]
    let rmseByActivity: [Bucket]
    let rmseByPopularity: [Bucket]
    let ndcgByActivity: [Bucket]
    /// Absent for models without rating prediction.
    let density: Density?
}

private struct Bucket: Encodable {
    let bucket: String
    let count: Int
    let value: Number

    init(_ group: RatingBuckets.Group) {
        bucket = group.bucket.description
        count = group.count
        value = Number(group.value)
    }
}

private struct Density: Encodable {
    let ratings: [Double]
    let bins: [Double]
    let binWidth: Double
    let counts: [[Int]]

    init(_ density: JoinedDensity) {
        ratings = density.ratings
        bins = density.bins
        binWidth = density.binWidth
        counts = density.counts
    }
}

private struct Difference: Encodable {
    let metric: String
    let first: String
    let second: String
    let users: Int
    let meanFirst: Number
    let meanSecond: Number
    let mean: Number
    let lower: Number
    let upper: Number
    let p: Number
    let adjustedP: Number
    let effectSize: Number

    init(_ difference: PairedDifference) {
        metric = difference.metric.rawValue
        first = difference.first
        second = difference.second
        users = difference.userCount
        meanFirst = Number(difference.meanFirst)
        meanSecond = Number(difference.meanSecond)
        mean = Number(difference.mean)
        lower = Number(difference.interval.lower)
        upper = Number(difference.interval.upper)
        p = Number(difference.pValue)
        adjustedP = Number(difference.adjustedPValue)
        effectSize = Number(difference.effectSize)
    }
}

private struct Overlap: Encodable {
    let first: String
    let second: String
    let at: Int
    let users: Int
    let jaccard: Number
    let rbo: Number
    let sharedCounts: [Int]

    init(_ overlap: ModelOverlap) {
        first = overlap.first
        second = overlap.second
        at = overlap.cutoff
        users = overlap.userCount
        jaccard = Number(overlap.jaccard)
        rbo = Number(overlap.rankBiasedOverlap)
        sharedCounts = overlap.sharedCounts
    }
}

private struct Example: Encodable {
    struct List: Encodable {
        let model: String
        let places: [Place]
    }

    struct Place: Encodable {
        let item: String
        /// Absent if unknown, as is the reason.
        let title: String?
        let relevant: Bool
        let lists: Int
        let reason: String?
    }

    let user: String
    let ratings: Int
    let favorites: [String]
    let shared: Int
    let at: Int
    let lists: [List]

    init(_ example: ListExample) {
        user = example.user
        ratings = example.ratingCount
        favorites = example.favorites
        shared = example.sharedCount
        at = example.cutoff
        lists = example.lists.map { list in
            List(
                model: list.model,
                places: list.places.map {
                    Place(
                        item: $0.item, title: $0.title, relevant: $0.isRelevant, lists: $0.listCount, reason: $0.reason)
                })
        }
    }
}

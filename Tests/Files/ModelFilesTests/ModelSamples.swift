import Factorization
import FileOutput
import Foundation
import LinearAlgebra
import ModelFiles
import Platform
import Ratings
import TestSupport
import Testing

/// Every kind of saved model, fitted on few ratings.
enum ModelSample: String, CaseIterable, Sendable {
    case als, restarts, nonnegative, implicit, bayes, features

    /// Together they have every file a model may have.
    static let allFiles = [ModelSample.restarts, .implicit, .features]

    /// Not square, with timestamps and with users without ratings.
    static let ratings: RatingMatrix = {
        let plain = RatingMatrix.random(users: 24, items: 17, density: 0.4, seed: 3)
        return RatingMatrix(
            users: plain.users, items: plain.items, byUser: plain.byUser,
            timestamps: (0..<plain.count).map { 1_700_000_000 + 1_300 * Int64($0 % 29) })
    }()

    func fit(seed: UInt64 = 1) throws -> StoredModel {
        let ratings = Self.ratings
        switch self {
        case .als, .restarts, .nonnegative:
            var chosen = ALSConfiguration()
            (chosen.rank, chosen.iterations, chosen.seed) = (3, 2, seed)
            chosen.restarts = self == .restarts ? 2 : 1
            chosen.isNonnegative = self == .nonnegative
            return .als(try AlternatingLeastSquares(chosen).fit(ratings))
        case .implicit:
            var chosen = ImplicitConfiguration()
            (chosen.rank, chosen.iterations, chosen.seed) = (3, 2, seed)
            return .implicit(try ImplicitALS(chosen).fit(ratings))
        case .bayes, .features:
            var chosen = BayesianConfiguration()
            (chosen.rank, chosen.burnIn, chosen.samples, chosen.seed) = (3, 2, 6, seed)
            chosen.usesFeatures = self == .features
            let labels = { (count: Int) in (0..<count).map { $0 % 5 == 0 ? nil : "\($0 % 3)" } }
            let side = SideInformation(
                users: [FeatureGroup(name: "trade", labels: labels(ratings.users.count))],
                items: [FeatureGroup(name: "genre", labels: labels(ratings.items.count))])
            return .bayes(try BayesianFactorization(chosen).fit(ratings, side: side))
        }
    }
}

extension StoredModel {
    /// The bits of all answers of the model: all users and items, unseen ones, and fold-ins.
    func answers() throws -> [UInt64] {
        switch self {
        case .als(let model): try predictions(model) + scores(model)
        case .implicit(let model): try scores(model)
        case .bayes(let model): try predictions(model) + scores(model) + distributions(model)
        }
    }

    private static var ratings: RatingMatrix { ModelSample.ratings }
    private static var users: [Int?] { [nil] + Array(0..<ratings.users.count) }
    private static var items: [Int?] { [nil] + Array(0..<ratings.items.count) }
    private static var guests: [UserRatings] { (0..<ratings.users.count).map(ratings.userRatings) }
    /// None, one at which users rated, and one at which nobody did.
    private static let times: [Int64?] = [nil, 1_700_000_000, 5]

    private func predictions(_ model: some RatingPredictor) throws -> [UInt64] {
        let known = Self.users.flatMap { user in
            Self.items.flatMap { item in
                Self.times.map { model.prediction(user: user, item: item, time: $0).bitPattern }
            }
        }
        return try known
            + Self.guests.flatMap {
                try model.predictions(foldingIn: $0, items: Self.items.compactMap { $0 }).map(\.bitPattern)
            }
    }

    private func scores(_ model: some ItemRecommender) throws -> [UInt64] {
        let known = Self.users.flatMap { model.scores(user: $0) }
        return (try known + Self.guests.flatMap { try model.scores(foldingIn: $0) }).map { UInt64($0.bitPattern) }
    }

    private func distributions(_ model: BayesianModel) throws -> [UInt64] {
        let known = Self.users.flatMap { user in
            Self.items.flatMap { item in
                Self.times.map { model.distribution(user: user, item: item, time: $0) }
            }
        }
        let folded = try Self.guests.map { try model.distribution(foldingIn: $0, item: 5) }
        return (known + folded).flatMap { [$0.mean.bitPattern, $0.standardDeviation.bitPattern] }
    }
}

/// A saved model to damage.
struct SavedModel {
    let model: StoredModel
    private let scratch: Scratch

    init(_ sample: ModelSample) throws {
        scratch = try Scratch()
        model = try sample.fit()
        let folder = try OutputFolder(scratch.path("model"))
        try ModelArchive.write(model, fittedOn: ModelSample.ratings, version: "0", to: folder)
        try folder.commit()
    }

    var folder: String { scratch.path("model") }

    /// The files a reload reads: the arrays, and the two that describe them.
    var arrays: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".npy") }.sorted()
        }
    }
    var files: [String] { get throws { try arrays + ["configuration.json", "model.json"] } }

    func path(_ name: String) -> String { "\(folder)/\(name)" }
    func bytes(_ name: String) throws -> [UInt8] { Array(try scratch.read("model/\(name)")) }
    func replace(_ name: String, by bytes: [UInt8]) throws { try scratch.write("model/\(name)", bytes) }
    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    func reload(for ratings: RatingMatrix = ModelSample.ratings) throws -> StoredModel {
        try ModelArchive.read(folder, for: ratings)
    }

    /// The numbers of `model.json`.
    func numbers() throws -> [String: Double] {
        let manifest = try JSONSerialization.jsonObject(with: scratch.read("model/model.json")) as? [String: Any]
        return try #require(manifest?["numbers"] as? [String: Double])
    }

    /// The shape of an array according to `model.json`.
    func shape(_ name: String) throws -> [Int] {
        let manifest = try JSONSerialization.jsonObject(with: scratch.read("model/model.json")) as? [String: Any]
        let arrays = manifest?["arrays"] as? [String: [String: Any]]
        return try #require(arrays?[name]?["shape"] as? [Int])
    }

    /// Recomputes all checksums.
    ///
    /// - Parameter change: a further change to `model.json`.
    func mend(_ change: (inout [String: Any]) -> Void = { _ in }) throws {
        let parsed = try JSONSerialization.jsonObject(with: scratch.read("model/model.json"))
        var manifest = try #require(parsed as? [String: Any])
        var arrays = try #require(manifest["arrays"] as? [String: [String: Any]])
        for name in arrays.keys { arrays[name]?["sha256"] = digest(try bytes(name)) }
        manifest["arrays"] = arrays
        manifest["configuration_sha256"] = digest(try bytes("configuration.json"))
        change(&manifest)
        let blank = String(repeating: "0", count: 64)
        manifest["own_sha256"] = blank
        let text = String(decoding: try JSONSerialization.data(withJSONObject: manifest), as: UTF8.self)
        try replace("model.json", by: Array(text.replacing(blank, with: digest(Array(text.utf8))).utf8))
    }

    private func digest(_ bytes: [UInt8]) -> String {
        sha256(Data(bytes)).hexadecimal
    }
}

/// An array in the format of numpy.
func npy(_ shape: [Int], _ payload: some Sequence<UInt8>, type: String = "<f4") -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ",") + (shape.count == 1 ? "," : "")
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + Array(payload)
}

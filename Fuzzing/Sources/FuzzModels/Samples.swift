import Engine
import Factorization
import Foundation
import FuzzSupport
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

@testable import FileOutput
@testable import ModelFiles
@testable import Platform

/// A graph and a model of each kind as they are written, for inputs to replace one file of.
struct Samples {
    struct Model {
        let files: [String: Data]
    }

    let ratings: RatingMatrix
    var graph: [String: Data] = [:]
    let neighbors: NeighborSample
    var models: [String: Model] = [:]

    init() throws {
        let values: [Float] = [5, 3, 1, 4, 2, 2, 5, 4, 1, 3]
        let times = (0..<10).map { 1_700_000_000 + 4_000 * Int64($0) }
        let byUser = SparseMatrix(
            columns: 4, rowOffsets: [0, 3, 5, 8, 10], columnIndices: [0, 1, 3, 0, 2, 1, 2, 3, 0, 1], values: values)
        let ids = Vocabulary(["1", "2", "3", "4"])
        ratings = RatingMatrix(users: ids, items: ids, byUser: byUser, timestamps: times)
        let table = try AllPairs(SimilarityConfiguration(), threads: 1).neighbors(in: ratings)
        neighbors = NeighborSample(table, of: ratings)
        let archive = GraphArchive(
            ratings: ratings, neighbors: table, partition: Partition(labels: [0, 0, 1, 1]))
        graph = try Self.files(of: archive)

        var als = ALSConfiguration()
        (als.rank, als.iterations, als.restarts) = (2, 1, 2)
        var implicit = ImplicitConfiguration()
        (implicit.rank, implicit.iterations) = (2, 1)
        var bayes = BayesianConfiguration()
        (bayes.rank, bayes.burnIn, bayes.samples, bayes.usesFeatures) = (2, 1, 2, true)
        for model: StoredModel in [
            .als(try AlternatingLeastSquares(als).fit(ratings)),
            .implicit(try ImplicitALS(implicit).fit(ratings)),
            .bayes(try BayesianFactorization(bayes).fit(ratings)),
        ] {
            let folder = try save(model, to: model.name)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            models[model.name] = Model(
                files: try Dictionary(
                    uniqueKeysWithValues: names.map {
                        ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))
                    }))
        }
    }

    static func files(of archive: GraphArchive) throws -> [String: Data] {
        Dictionary(uniqueKeysWithValues: try archive.files.map { ($0.name, $0.bytes) })
    }

    /// - Returns: the folder.
    func save(_ model: StoredModel, to name: String) throws -> String {
        let path = "\(scratch)/\(name)"
        try? FileManager.default.removeItem(atPath: path)
        let folder = try OutputFolder(path)
        try ModelArchive.write(model, fittedOn: ratings, version: "0", to: folder)
        try folder.commit()
        return path
    }
}

let samples: Samples = {
    do { return try Samples() } catch { fatalError("there are no samples: \(error)") }
}()

/// A model that is the same as another if it is written the same.
struct Same: Equatable {
    let model: StoredModel

    init(_ model: StoredModel) { self.model = model }

    static func == (one: Same, other: Same) -> Bool {
        let (one, other) = (ModelParts(one.model), ModelParts(other.model))
        return one.arrays.map(\.name) == other.arrays.map(\.name) && one.numbers == other.numbers
            && zip(one.arrays, other.arrays).allSatisfy { $0.array.bytes == $1.array.bytes }
    }

    func scores(user: Int) -> [Float] {
        switch model {
        case .als(let model): model.scores(user: user)
        case .implicit(let model): model.scores(user: user)
        case .bayes(let model): model.scores(user: user)
        }
    }
}

func write(files: [String: Data], to name: String) -> String {
    let folder = "\(scratch)/\(name)"
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for (file, bytes) in files { _ = write("\(name)/\(file)", bytes) }
    return folder
}

/// The files of a model with checksums that fit, which no fuzzer would find.
///
/// - Parameter name: the file that was replaced.
func mended(_ files: [String: Data], besides name: String) -> [String: Data] {
    func checksum(_ data: Data) -> Data { Data(sha256(data).hexadecimal.utf8) }
    guard let old = samples.models.values.first(where: { $0.files["model.json"] == files["model.json"] })?.files[name],
        let new = files[name], var manifest = files["model.json"]
    else { return mendedItself(files) }
    if let place = manifest.firstRange(of: checksum(old)) { manifest.replaceSubrange(place, with: checksum(new)) }
    var mended = files
    mended["model.json"] = manifest
    return mendedItself(mended)
}

/// `model.json` with its own checksum, where it says that it has one.
private func mendedItself(_ files: [String: Data]) -> [String: Data] {
    guard var manifest = files["model.json"], let key = manifest.firstRange(of: Data("\"own_sha256\" : \"".utf8)),
        manifest.distance(from: key.upperBound, to: manifest.endIndex) >= 64
    else { return files }
    let place = key.upperBound..<key.upperBound + 64
    manifest.replaceSubrange(place, with: Data(ModelManifest.noSHA256.utf8))
    manifest.replaceSubrange(place, with: Data(sha256(manifest).hexadecimal.utf8))
    var mended = files
    mended["model.json"] = manifest
    return mended
}

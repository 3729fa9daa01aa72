import FileOutput
import Foundation
import LinearAlgebra
import Neighbors
import Platform
import Ratings

/// A folder of neighbors as `kindred_spark.py graph` writes it.
public struct NeighborFiles {
    /// The folder.
    public let path: String
    private let url: URL

    /// - Parameter hasRatings: whether the ratings are in it too.
    public init(
        _ table: NeighborTable, _ configuration: SimilarityConfiguration, of ratings: RatingMatrix,
        hasRatings: Bool = true, in scratch: Scratch, name: String = "cluster"
    ) throws {
        path = scratch.path(name)
        url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        var files: [(name: String, shape: [Int], type: String, bytes: [UInt8])] = []
        func add(_ name: String, _ array: NPYArray, _ count: Int, _ type: String) {
            files.append(("\(name).npy", [count], type, array.bytes))
        }
        func integers(_ name: String, _ values: [Int]) {
            add(name, NPYArray(values.map(Int64.init), shape: [values.count]), values.count, "<i8")
        }
        func short(_ name: String, _ values: [Int32]) {
            add(name, NPYArray(values, shape: [values.count]), values.count, "<i4")
        }
        func floats(_ name: String, _ values: [Float]) {
            add(name, NPYArray(values, shape: [values.count]), values.count, "<f4")
        }
        integers("neighbor_offsets", table.offsets)
        short("neighbors", table.neighbors)
        floats("neighbor_similarities", table.similarities)
        short("neighbor_supports", table.supports)
        if hasRatings {
            integers("rating_offsets", ratings.byUser.rowOffsets)
            short("rating_items", ratings.byUser.columnIndices)
            floats("rating_values", ratings.byUser.values)
        }
        for (name, ids) in [("user_ids.txt", ratings.users), ("item_ids.txt", ratings.items)] {
            let text = (0..<ids.count).map { "\(ids[$0])\n" }.joined()
            files.append((name, [ids.count], "utf-8", Array(text.utf8)))
        }
        for file in files { try Data(file.bytes).write(to: url.appendingPathComponent(file.name)) }
        let arrays = files.map { file in
            (
                file.name,
                ["shape": file.shape, "dtype": file.type, "sha256": sha256(file.bytes).hexadecimal] as [String: Any]
            )
        }
        try write([
            "format": "kindred-neighbors", "version": 1, "kindred": "0.0", "users": ratings.users.count,
            "items": ratings.items.count, "ratings": ratings.count, "entries": table.neighbors.count,
            "options": [
                "neighbors": configuration.neighbors, "measure": configuration.measure.rawValue,
                "norms": configuration.norms.rawValue, "min_support": configuration.minSupport,
                "min_similarity": configuration.minSimilarity, "shrinkage": configuration.shrinkage,
                "item_weights": configuration.itemWeights.rawValue,
            ],
            "arrays": Dictionary(uniqueKeysWithValues: arrays),
        ])
    }

    /// The bytes of a file.
    public func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url.appendingPathComponent(name)))
    }

    /// The names of all files.
    public var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    public func remove(_ name: String) throws {
        try FileManager.default.removeItem(at: url.appendingPathComponent(name))
    }

    /// Writes other bytes.
    ///
    /// - Parameter mends: whether the description gets their checksum.
    public func replace(_ name: String, by bytes: some Sequence<UInt8>, mends: Bool = true) throws {
        let bytes = Array(bytes)
        try Data(bytes).write(to: url.appendingPathComponent(name))
        guard mends else { return }
        try describe { description in
            var arrays = description["arrays"] as? [String: [String: Any]] ?? [:]
            arrays[name]?["sha256"] = sha256(bytes).hexadecimal
            description["arrays"] = arrays
        }
    }

    /// Writes another description.
    public func describe(_ change: (inout [String: Any]) -> Void) throws {
        let data = try Data(contentsOf: url.appendingPathComponent("neighbors.json"))
        var description = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        change(&description)
        try write(description)
    }

    private func write(_ description: [String: Any]) throws {
        try JSONSerialization.data(withJSONObject: description).write(to: url.appendingPathComponent("neighbors.json"))
    }
}

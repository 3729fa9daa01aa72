import Foundation
import FuzzSupport
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

@testable import FileOutput
@testable import ModelFiles
@testable import Platform

/// The files of neighbors as a cluster writes them, for inputs to replace one of.
struct NeighborSample {
    var files: [String: Data] = [:]

    init(_ table: NeighborTable, of ratings: RatingMatrix) {
        func integers(_ values: [Int]) -> NPYArray { NPYArray(values.map(Int64.init), shape: [values.count]) }
        func short(_ values: [Int32]) -> NPYArray { NPYArray(values, shape: [values.count]) }
        func floats(_ values: [Float]) -> NPYArray { NPYArray(values, shape: [values.count]) }
        let (entries, users) = (table.neighbors.count, ratings.users.count)
        let arrays = [
            ("neighbor_offsets", users + 1, "<i8", integers(table.offsets)),
            ("neighbors", entries, "<i4", short(table.neighbors)),
            ("neighbor_similarities", entries, "<f4", floats(table.similarities)),
            ("neighbor_supports", entries, "<i4", short(table.supports)),
            ("rating_offsets", users + 1, "<i8", integers(ratings.byUser.rowOffsets)),
            ("rating_items", ratings.count, "<i4", short(ratings.byUser.columnIndices)),
            ("rating_values", ratings.count, "<f4", floats(ratings.byUser.values)),
        ]
        var described = arrays.map { (name: "\($0.0).npy", count: $0.1, type: $0.2, bytes: Data($0.3.bytes)) }
        for (name, ids) in [("user_ids.txt", ratings.users), ("item_ids.txt", ratings.items)] {
            let lines = (0..<ids.count).map { "\(ids[$0])\n" }.joined()
            described.append((name, ids.count, "utf8", Data(lines.utf8)))
        }
        let list = described.map { file in
            #""\#(file.name)":{"shape":[\#(file.count)],"dtype":"\#(file.type)","sha256":"\#(sha256(file.bytes).hexadecimal)"}"#
        }
        let manifest = """
            {"format":"kindred-neighbors","version":1,"kindred":"0","users":\(users),"items":\(ratings.items.count),\
            "ratings":\(ratings.count),"entries":\(entries),"options":{"neighbors":50,"measure":"cosine","norms":"all",\
            "min_support":1,"min_similarity":0,"shrinkage":0,"item_weights":"none"},"arrays":{\(list.joined(separator: ","))}}
            """
        files = Dictionary(uniqueKeysWithValues: described.map { ($0.name, $0.bytes) })
        files[NeighborManifest.name] = Data(manifest.utf8)
    }

    /// A folder with another file in it, whose checksum fits.
    ///
    /// - Returns: its path.
    func written(with name: String, _ bytes: Data) -> String {
        var changed = files
        if let before = files[name], var manifest = files[NeighborManifest.name],
            let place = manifest.firstRange(of: Data(sha256(before).hexadecimal.utf8))
        {
            manifest.replaceSubrange(place, with: Data(sha256(bytes).hexadecimal.utf8))
            changed[NeighborManifest.name] = manifest
        }
        changed[name] = bytes
        return write(files: changed, to: "neighbors")
    }
}

/// What is read makes a graph without a trap.
func fuzzNeighbors(_ name: String, _ bytes: Data) {
    struct Lists: Equatable {
        let offsets: [Int]
        let ids: Int
    }
    let path = samples.neighbors.written(with: name, bytes)
    let read = Outcome {
        let folder = try NeighborFolder(path)
        _ = SimilarityGraph(folder.neighbors, combination: .union).graph
        return Lists(offsets: folder.neighbors.offsets, ids: folder.users.count)
    }
    if let lists = read.value { requireEqual(lists.offsets.count, lists.ids + 1, "a list for each user") }
}

import FileOutput
import Foundation
import Neighbors

/// `neighbors.json`: the description of neighbors that were computed elsewhere, and of their files.
struct NeighborManifest: Codable {
    static let name = "neighbors.json"
    static let format = "kindred-neighbors"
    /// Readers reject other versions.
    static let version = 1

    struct Array: Codable {
        let shape: [Int]
        let dtype: String
        let sha256: String
    }

    struct Options: Codable {
        let neighbors: Int
        let measure: String
        let norms: String
        let min_support: Int
        let min_similarity: Float
        let shrinkage: Double
        let item_weights: String
    }

    let format: String
    let version: Int
    /// The version of the program that computed them.
    let kindred: String
    let users: Int
    let items: Int
    let ratings: Int
    /// The neighbors of all users.
    let entries: Int
    let options: Options
    /// By file name.
    let arrays: [String: Array]

    /// - Parameter file: its name in errors.
    init(_ data: Data, file: String) throws(InputError) {
        // The version first, since another version may have other fields.
        struct Version: Decodable {
            let format: String
            let version: Int
        }
        guard let version = try? ForeignJSON.decode(Version.self, from: data), version.format == Self.format else {
            throw Self.damaged(file, "it is not the description of neighbors")
        }
        guard version.version == Self.version else {
            throw InputError(
                file: file,
                problem: "its format version is \(version.version), but this program reads \(Self.version)",
                remedy: "Use the version of Kindred that wrote it.")
        }
        guard let manifest = try? ForeignJSON.decode(NeighborManifest.self, from: data) else {
            throw Self.damaged(file, "a field is missing or has the wrong type")
        }
        let counts = [manifest.users, manifest.items, manifest.ratings, manifest.entries]
        // Users and items are numbered by 32 bits.
        guard counts.allSatisfy({ $0 >= 0 }), max(manifest.users, manifest.items) <= Int(Int32.max) else {
            throw Self.damaged(file, "a number of users, items, ratings or entries is out of range")
        }
        self = manifest
    }

    /// What the neighbors were chosen by.
    ///
    /// - Parameter file: the name of the description in errors.
    func configuration(file: String) throws(InputError) -> SimilarityConfiguration {
        var configuration = SimilarityConfiguration()
        guard let measure = SimilarityConfiguration.Measure(rawValue: options.measure),
            let norms = SimilarityConfiguration.Norms(rawValue: options.norms),
            let itemWeights = SimilarityConfiguration.ItemWeights(rawValue: options.item_weights)
        else { throw Self.damaged(file, "its options name a measure, norms or item weights that are unknown") }
        configuration.neighbors = options.neighbors
        configuration.measure = measure
        configuration.norms = norms
        configuration.minSupport = options.min_support
        configuration.minSimilarity = options.min_similarity
        configuration.shrinkage = options.shrinkage
        configuration.itemWeights = itemWeights
        do { try configuration.validate() } catch { throw Self.damaged(file, "its options are invalid: \(error)") }
        return configuration
    }

    static let remedy = "Compute the neighbors again."

    static func damaged(_ file: String, _ problem: String) -> InputError {
        InputError(file: file, problem: problem, remedy: remedy)
    }
}

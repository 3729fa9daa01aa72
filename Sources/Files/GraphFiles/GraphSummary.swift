public import Engine
import Foundation
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

/// `summary.json`: what `kindred graph` computed, and what it took.
public struct GraphSummary: Codable, Sendable {
    public let source: String
    public let users: Int
    public let items: Int
    public let ratings: Int
    /// The scale seen in the data.
    public let ratingScale: Scale
    /// Rows that gave way to another of the same user and item.
    public let duplicateRatings: Int
    /// Bad rows that were left out.
    public let rejectedRows: Int
    public let edges: Int
    public let isolatedUsers: Int
    public let totalWeight: Double
    public let modularity: Double
    /// How many there are, the communities of one among them.
    public let communities: Int
    public let disconnectedCommunities: Int
    /// Mean NMI over seeds, where it was asked for.
    public let stability: Double?
    /// The largest communities.
    public let profiles: [Profile]
    public let options: Options
    public let seconds: Seconds
    public let peakMemoryBytes: Int
    /// What the run was expected to need at most until the neighbors were found, before it took it.
    public let memoryEstimateBytes: Int
    /// Who multiplied.
    public let arithmetic: Arithmetic
    public let notes: [String]
    public let version: String

    /// The options of the run, as on the command line.
    public struct Options: Codable, Sendable {
        public var neighbors = 0
        public var measure = ""
        public var norms = ""
        public var minSupport = 0
        public var minSimilarity: Float = 0
        public var shrinkage = 0.0
        public var itemWeights = ""
        public var products = ""
        public var combine = ""
        public var communities = ""
        public var resolution = 0.0
        /// Absent where the number of edges decided.
        public var starts: Int?
        public var seed: UInt64 = 0
        public var onBadRow = ""
        public var duplicates = ""
        public var format = ""
        public var threads = 0
        /// Absent where there was no limit.
        public var memoryLimit: Int?

        public init() {}
    }

    public struct Scale: Codable, Sendable {
        public let minimum: Float
        public let maximum: Float
        /// 1 for whole numbers, 0.5 for halves, absent for any numbers.
        public let step: Float?
    }

    public struct Profile: Codable, Sendable {
        public let community: Int
        public let size: Int
        public let internalWeight: Double
        public let conductance: Double
        public let meanRating: Double
        public let topItems: [Distinction]
        public let topGenres: [Distinction]
        public let topAttributes: [Distinction]
    }

    /// Something more common inside a community than outside.
    public struct Distinction: Codable, Sendable {
        public let name: String
        public let lift: Double
        /// How many inside have it.
        public let count: Int
    }

    /// Wall-clock seconds of each stage; `total` runs from the start of the command.
    public struct Seconds: Codable, Sendable {
        public var read = 0.0
        public var similarity = 0.0
        public var graph = 0.0
        public var communities = 0.0
        public var profiles = 0.0
        public var write = 0.0
        public var total = 0.0

        public init() {}

        /// - Parameter stages: those between reading and writing.
        public init(_ stages: Snapshot.Seconds, read: Double, write: Double, total: Double) {
            self.read = read
            similarity = stages.similarity
            graph = stages.graph
            communities = stages.communities
            profiles = stages.profiles
            self.write = write
            self.total = total
        }
    }

    /// The summary as JSON, keys sorted and spelled with underscores, ending in a line break.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }
}

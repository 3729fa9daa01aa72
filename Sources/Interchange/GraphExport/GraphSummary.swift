import Foundation
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

/// `summary.json`: what `kindred graph` computed, and what it took.
public struct GraphSummary: Codable, Sendable {
    public var source: String
    public var users: Int
    public var items: Int
    public var ratings: Int
    /// The scale seen in the data.
    public var ratingScale: Scale
    /// Rows that gave way to another of the same user and item.
    public var duplicateRatings: Int
    /// Bad rows that were left out.
    public var rejectedRows: Int
    public var edges: Int
    public var isolatedUsers: Int
    public var totalWeight: Double
    public var modularity: Double
    /// How many there are, the communities of one among them.
    public var communities: Int
    public var disconnectedCommunities: Int
    /// Mean NMI over seeds, where it was asked for.
    public var stability: Double?
    /// The largest communities.
    public var profiles: [Profile]
    public var options: Options
    public var seconds: Seconds
    public var peakMemoryBytes: Int
    /// What the run was expected to need at most until the neighbors were found, before it took it.
    public var memoryEstimateBytes: Int
    /// Who multiplied.
    public var arithmetic: Arithmetic
    public var notes: [String]
    public var version: String

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
        public var minimum: Float
        public var maximum: Float
        /// 1 for whole numbers, 0.5 for halves, absent for any numbers.
        public var step: Float?
    }

    public struct Profile: Codable, Sendable {
        public var community: Int
        public var size: Int
        public var internalWeight: Double
        public var conductance: Double
        public var meanRating: Double
        public var topItems: [Distinction]
        public var topGenres: [Distinction]
        public var topAttributes: [Distinction]
    }

    /// Something more common inside a community than outside.
    public struct Distinction: Codable, Sendable {
        public var name: String
        public var lift: Double
        /// How many inside have it.
        public var count: Int
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

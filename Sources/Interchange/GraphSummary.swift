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
    /// The options of the run, by their names on the command line.
    public var options: [String: String]
    public var seconds: Seconds
    public var peakMemoryBytes: Int
    public var notes: [String]
    public var version: String

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

public import Engine
import Foundation
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

/// `summary.json`: the results of `kindred graph`, with time and memory.
public struct GraphSummary: Codable, Sendable {
    /// The source of the ratings.
    public let source: String
    /// The columns of user, item, rating and timestamp in a file, by role; absent for a store.
    public let columns: [String: String]?
    /// The form of a file, such as `comma-separated, with a header`.
    public let layout: String?
    /// The encoding of a file.
    public let encoding: String?
    /// The number of rows with a rating in a file, before duplicates were resolved.
    public let rows: Int?
    /// The number of users.
    public let users: Int
    /// The number of items.
    public let items: Int
    /// The number of ratings.
    public let ratings: Int
    /// The scale inferred from the data.
    public let ratingScale: Scale
    /// The number of rows replaced by another of the same user and item.
    public let duplicateRatings: Int
    /// The number of skipped malformed rows.
    public let rejectedRows: Int
    /// The number of edges.
    public let edges: Int
    /// The number of users without edges.
    public let isolatedUsers: Int
    /// The sum of the edge weights.
    public let totalWeight: Double
    /// The modularity of the communities.
    public let modularity: Double
    /// The number of communities, including singletons.
    public let communities: Int
    /// The number of communities that are not connected.
    public let disconnectedCommunities: Int
    /// Mean NMI over seeds, if requested.
    public let stability: Double?
    /// The largest communities.
    public let profiles: [Profile]
    /// The options of the run.
    public let options: Options
    /// The time of each stage.
    public let seconds: Seconds
    /// Peak memory of the run, in bytes.
    public let peakMemoryBytes: Int
    /// The estimated upper bound of memory until the neighbors are found.
    public let memoryEstimateBytes: Int
    /// The libraries and kernels that did the arithmetic.
    public let arithmetic: Arithmetic
    /// Notes for the user on how the ratings were read.
    public let notes: [String]
    /// The version of the program.
    public let version: String

    /// The options of the run, as on the command line.
    public struct Options: Codable, Sendable {
        /// The number of neighbors per user.
        public var neighbors = 0
        /// The similarity measure.
        public var measure = ""
        /// The items covered by norms.
        public var norms = ""
        /// The minimum support.
        public var minSupport = 0
        /// The minimum similarity.
        public var minSimilarity: Float = 0
        /// The shrinkage β.
        public var shrinkage = 0.0
        /// The weights of items.
        public var itemWeights = ""
        /// The implementation of products.
        public var products = ""
        /// The rule by which neighbors become edges.
        public var combine = ""
        /// The community detector.
        public var communities = ""
        /// The resolution γ.
        public var resolution = 0.0
        /// Absent if chosen by the number of edges.
        public var starts: Int?
        /// The seed of community detection.
        public var seed: UInt64 = 0
        /// The handling of malformed rows.
        public var onBadRow = ""
        /// The handling of duplicates.
        public var duplicates = ""
        /// The formats written.
        public var format = ""
        /// Whether fields that a spreadsheet would run have an apostrophe before them.
        public var spreadsheetSafe = false
        /// The number of threads.
        public var threads = 0
        /// Absent without a limit.
        public var memoryLimit: Int?

        /// Creates a value with every field empty or zero.
        public init() {}
    }

    /// A rating scale.
    public struct Scale: Codable, Sendable {
        /// The lowest rating.
        public let minimum: Float
        /// The highest rating.
        public let maximum: Float
        /// 1 for integers, 0.5 for multiples of ½, absent for any numbers.
        public let step: Float?
    }

    /// The profile of a community.
    public struct Profile: Codable, Sendable {
        /// The number of the community.
        public let community: Int
        /// The number of members.
        public let size: Int
        /// The weight of internal edges.
        public let internalWeight: Double
        /// The share of the community's weight that leaves it.
        public let conductance: Double
        /// The mean of all ratings by members.
        public let meanRating: Double
        /// Items that members like more often than others do.
        public let topItems: [Distinction]
        /// Genres that members like more often than others do.
        public let topGenres: [Distinction]
        /// Attribute values more common among members.
        public let topAttributes: [Distinction]
    }

    /// A property more common inside a community than outside.
    public struct Distinction: Codable, Sendable {
        /// The title, genre or attribute value.
        public let name: String
        /// How much more common it is inside.
        public let lift: Double
        /// The number of members that have it.
        public let count: Int
    }

    /// Wall-clock seconds of each stage; `total` runs from the start of the command.
    public struct Seconds: Codable, Sendable {
        /// Reading the ratings.
        public var read = 0.0
        /// Computing the neighbors.
        public var similarity = 0.0
        /// Building the graph.
        public var graph = 0.0
        /// Detecting communities.
        public var communities = 0.0
        /// Profiling communities.
        public var profiles = 0.0
        /// Writing the files.
        public var write = 0.0
        /// The whole command.
        public var total = 0.0

        /// Creates a value with every field empty or zero.
        public init() {}

        /// - Parameter stages: the stages between reading and writing.
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

    /// The summary as JSON, with sorted snake-case keys and a trailing newline.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }
}

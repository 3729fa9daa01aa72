public import Foundation
public import Ratings

/// A refresh of what is computed: when, with which options, how long it took and what it measured.
public struct StoredRun: Sendable, Equatable {
    /// Counts up; 0 before it is stored.
    public var number: Int64 = 0
    /// Random, so that it tells this run from one of the same number in another store or after a restored backup; 0 before it is
    /// stored.
    public var token: Int64 = 0
    public var kind: String
    /// Seconds since 1970.
    public var started: Int64
    public var seconds: Double
    public var ratings: Int
    /// JSON.
    public var options: String
    public var version: String
    /// Those of models are of the run that compared them.
    public var metrics: [Metric]
    /// What the seconds went into; stages that ran side by side add up to more.
    public var stages: [Stage]
    /// nil where no models were compared.
    public var comparison: Comparison?

    public struct Stage: Sendable, Equatable {
        public let stage: String
        public let seconds: Double

        public init(stage: String, seconds: Double) {
            self.stage = stage
            self.seconds = seconds
        }
    }

    /// Which comparison of models a run shows.
    public enum Comparison: Sendable, Equatable {
        case own
        /// That of an earlier run, since which at most so many ratings were added, changed or removed.
        case kept(fromRun: Int64, changedRatings: Int)
    }

    public struct Metric: Sendable, Equatable {
        /// Empty where it is no model's.
        public let model: String
        public let metric: String
        public let value: Double

        public init(model: String, metric: String, value: Double) {
            self.model = model
            self.metric = metric
            self.value = value
        }
    }

    public init(
        kind: String, started: Int64, seconds: Double, ratings: Int, options: String, version: String,
        metrics: [Metric], stages: [Stage] = [], comparison: Comparison? = nil
    ) {
        self.kind = kind
        self.started = started
        self.seconds = seconds
        self.ratings = ratings
        self.options = options
        self.version = version
        self.metrics = metrics
        self.stages = stages
        self.comparison = comparison
    }
}

/// What a run computed, by index in the vocabularies, with files that hold it for the program itself.
public struct RunResult: Sendable {
    public let users: Vocabulary
    public let items: Vocabulary
    /// User, place from 1, neighbor, similarity and number of items in common.
    public var neighbors: [(user: Int, place: Int, neighbor: Int, similarity: Float, support: Int)] = []
    /// The community of each user.
    public var communities: [Int] = []
    /// Quickest to write by user, model and place.
    public var recommendations: [Place] = []
    public var files: [(name: String, bytes: Data)] = []

    /// A place on a list.
    public struct Place: Sendable {
        let user: Int
        let model: String
        let place: Int
        let item: Int
        let predictedRating: Double?
        let score: Double?

        /// - Parameter place: counted from 1, best first.
        public init(user: Int, model: String, place: Int, item: Int, predictedRating: Double?, score: Double?) {
            self.user = user
            self.model = model
            self.place = place
            self.item = item
            self.predictedRating = predictedRating
            self.score = score
        }
    }

    public init(users: Vocabulary, items: Vocabulary) {
        self.users = users
        self.items = items
    }
}

/// A place of a list that a run has made.
public struct StoredRecommendation: Sendable, Equatable {
    public let user: String
    public let model: String
    /// From 1, best first.
    public let place: Int
    public let item: String
    public let title: String?
    /// In stars; nil from models that predict no ratings.
    public let predictedRating: Double?
    /// What the list is sorted by; nil where that is the predicted rating.
    public let score: Double?
}

/// The error of models on a stream: each rating is predicted by what was known before it, scored, and only then learned.
///
/// Sums by model over all ratings, over a sliding window of the last N, and since they were last drained; users with few
/// ratings before are also counted apart. An adaptive window over each model's absolute errors marks drift.
///
/// - Complexity: O(models · log ratings) time per rating, O(models · window) memory.
///
/// Source: Gama, Sebastião & Rodrigues 2013, doi:10.1007/s10994-012-5320-9; Vinagre, Jorge & Gama 2014, arXiv 1504.08175.
public struct PrequentialError: Sendable {
    /// Whose ratings are summed.
    public enum Users: String, Sendable, CaseIterable {
        /// Everybody's.
        case all
        /// Those of users with few ratings before; they are among `all` too.
        case new
    }

    /// The sums of one model over the ratings of some users.
    public struct Part: Sendable, Equatable {
        /// The name of the model.
        public let model: String
        /// Whose ratings.
        public let users: Users
        /// The sums.
        public let sums: ErrorSums

        /// Creates a part.
        public init(model: String, users: Users, sums: ErrorSums) {
            self.model = model
            self.users = users
            self.sums = sums
        }
    }

    /// A change of a model's error. Cuts of the adaptive window that follow each other within a tenth of the sliding window
    /// belong to one change: ratings come in bursts, so that one hard user cuts again and again.
    public struct Drift: Sendable, Equatable {
        /// The name of the model.
        public let model: String
        /// The number of ratings scored when it was found.
        public let count: Int
        /// The mean absolute error over the adaptive window before the first cut, in units of the rating.
        public let before: Double
        /// The same after the last cut, over the most recent ratings alone.
        public internal(set) var after: Double
    }

    /// What came since the last call of `drain`.
    public struct Interval: Sendable, Equatable {
        /// The sums of each model, over all users and then over new ones.
        public let parts: [Part]
        /// The changes that were found.
        public let drifts: [Drift]
    }

    /// The names of the models, in the order of their scores.
    public let models: [String]
    /// The number of ratings in the sliding window, ≥ 1.
    public let window: Int
    /// The number of ratings scored.
    public private(set) var count = 0
    /// In the order they were found.
    public private(set) var drifts: [Drift] = []

    /// How many users the ratings in the window are of, and those that have left it.
    ///
    /// - Complexity: O(window).
    public var people: (inWindow: Int, before: Int) { (Set(recent.map(\.user)).count, leavers.count) }

    private var totals: Table
    private var windowed: Table
    private var undrained: Table
    private var recent: [Entry] = []
    /// Users of ratings that have left the window.
    private var leavers: Set<Int> = []
    private var detectors: [AdaptiveWindow]
    /// The number of ratings scored at the last cut, by model.
    private var cuts: [Int]
    private var drainedDrifts = 0

    /// Sums by kind of user, then by model.
    private typealias Table = [[ErrorSums]]

    private struct Entry {
        let scores: [ScoredRating]
        let isNew: Bool
        let user: Int
    }

    /// - Parameters:
    ///   - models: at least one.
    ///   - window: the number of ratings in the sliding window, ≥ 1.
    ///   - delta: the confidence of the adaptive windows, in 0…1.
    public init(models: [String], window: Int = 10_000, delta: Double = AdaptiveWindow.usualDelta) {
        precondition(!models.isEmpty && window >= 1, "models and a window")
        self.models = models
        self.window = window
        totals = Array(repeating: Array(repeating: ErrorSums(), count: models.count), count: Users.allCases.count)
        (windowed, undrained) = (totals, totals)
        detectors = Array(repeating: AdaptiveWindow(delta: delta), count: models.count)
        cuts = Array(repeating: .min, count: models.count)
    }

    /// Adds a rating.
    ///
    /// - Parameters:
    ///   - scores: one per model.
    ///   - user: whose rating it is.
    ///   - isNew: whether the user had few ratings before.
    ///   - width: the width of the rating scale, the largest possible error; nil if unknown, and then drift is not looked for.
    public mutating func add(_ scores: [ScoredRating], user: Int, isNew: Bool, width: Double?) {
        precondition(scores.count == models.count, "one score per model")
        let entry = Entry(scores: scores, isNew: isNew, user: user)
        Self.add(entry, to: &totals)
        Self.add(entry, to: &undrained)
        slide(to: entry)
        count += 1
        if let width, width > 0 { watch(scores, width) }
    }

    /// The sums over all ratings.
    public var total: [Part] { parts(totals) }

    /// The sums over the last `window` ratings.
    public var current: [Part] { parts(windowed) }

    /// The sums and changes since the last call, for counters and for sums by minute.
    public mutating func drain() -> Interval {
        let interval = Interval(parts: parts(undrained), drifts: Array(drifts[drainedDrifts...]))
        undrained = undrained.map { $0.map { _ in ErrorSums() } }
        drainedDrifts = drifts.count
        return interval
    }

    /// The window is a ring. Its sums are made anew once a round, so that rounding does not add up.
    private mutating func slide(to entry: Entry) {
        guard recent.count == window else {
            recent.append(entry)
            return Self.add(entry, to: &windowed)
        }
        let place = count % window
        Self.remove(recent[place], from: &windowed)
        leavers.insert(recent[place].user)
        recent[place] = entry
        guard place == window - 1 else { return Self.add(entry, to: &windowed) }
        windowed = windowed.map { $0.map { _ in ErrorSums() } }
        for entry in recent { Self.add(entry, to: &windowed) }
    }

    private mutating func watch(_ scores: [ScoredRating], _ width: Double) {
        for (index, score) in scores.enumerated() {
            guard let error = score.error else { continue }
            let before = detectors[index].mean
            guard detectors[index].add(min(1, abs(error) / width)) else { continue }
            record(index, before: before * width, after: detectors[index].mean * width)
        }
    }

    private mutating func record(_ model: Int, before: Double, after: Double) {
        if cuts[model] >= count - window / 10, let last = drifts.lastIndex(where: { $0.model == models[model] }) {
            drifts[last].after = after
        } else {
            drifts.append(Drift(model: models[model], count: count, before: before, after: after))
        }
        cuts[model] = count
    }

    private func parts(_ table: Table) -> [Part] {
        zip(Users.allCases, table).flatMap { users, sums in
            zip(models, sums).map { Part(model: $0, users: users, sums: $1) }
        }
    }

    private static func add(_ entry: Entry, to table: inout Table) {
        for row in 0..<(entry.isNew ? 2 : 1) {
            for (model, score) in entry.scores.enumerated() { table[row][model] += score.sums }
        }
    }

    private static func remove(_ entry: Entry, from table: inout Table) {
        for row in 0..<(entry.isNew ? 2 : 1) {
            for (model, score) in entry.scores.enumerated() { table[row][model] -= score.sums }
        }
    }
}

import Dispatch
import Engine
public import Evaluation
import Factorization
import Graphs
import LinearAlgebra
import Neighbors
import Ratings
import Store
import Synchronization

/// The ratings as they stand, and the graph of similar users that follows them: after each commit the neighbor lists are those
/// that a refresh would find in the same ratings, bit for bit, without comparing all pairs.
///
/// Commits wait in a queue and are followed on one thread. Who reads waits for the part under way at most, a few milliseconds.
public final class LiveGraph: Sendable {
    struct State {
        var ratings: MutableRatings
        var neighbors: LiveNeighbors
        /// Predicts each rating before it counts.
        var learner: StreamLearner
        /// The number of each user's community, by the user's; nil where it was not sought yet.
        var communities: [Int32?]
        /// What is followed.
        var moment: GraphMoment
        var counts = MendingCounts()
    }

    /// What those who only look are told at once, also while a part is followed.
    private struct Told {
        var moment: GraphMoment
        /// false once the lists could not be mended; the next refresh makes another graph.
        var follows = true
    }

    /// The snapshot that it began with.
    let base: LiveSnapshot
    let configuration: LiveConfiguration
    private let consent: LiveConsent
    let state: Mutex<State>
    private let told: Mutex<Told>
    private struct Waiting {
        let applied: AppliedChanges
        let isScored: Bool
        let since = ContinuousClock.now
    }

    private let waiting = Mutex<[Waiting]>([])
    private let queue = DispatchQueue(label: "kindred.graph", qos: .userInitiated)
    /// How many changes are followed before readers have their turn; a tenth of those of a large commit.
    private static let partSize = 100

    /// - Throws: `SimilarityError` where the measure depends on everybody, and follows at a refresh only.
    /// - Complexity: that of `AllPairs`.
    init(_ base: LiveSnapshot, _ configuration: LiveConfiguration, _ consent: LiveConsent) throws {
        self.base = base
        self.configuration = configuration
        self.consent = consent
        let ratings = MutableRatings(base.ratings, keepsUnratedItems: true)
        let neighbors = try LiveNeighbors(
            ratings, configuration.graph.similarity, products: configuration.graph.products,
            threads: configuration.threads)
        let learner = try Self.learner(base, configuration, ratings, consent.withheld)
        told = Mutex(Told(moment: GraphMoment(number: base.change)))
        state = Mutex(
            State(
                ratings: ratings, neighbors: neighbors, learner: learner,
                communities: (0..<base.ratings.users.count).map(base.graph.community),
                moment: GraphMoment(number: base.change)))
    }

    private static func learner(
        _ base: LiveSnapshot, _ configuration: LiveConfiguration, _ ratings: MutableRatings, _ withheld: WithheldUsers
    ) throws -> StreamLearner {
        var stream = StreamConfiguration()
        // A refresh fits the model again.
        stream.refitShare = nil
        stream.als.threads = configuration.threads
        stream.models = [.popularity]
        var factors: FactorModel?
        if case .als(let model) = base.models[.als] {
            stream.models.append(.als)
            factors = model
        }
        var learner = try StreamLearner(stream, scale: base.scale, likeThreshold: base.relevance)
        let users = base.ratings.users
        learner.prime(
            base.ratings.leavingOut((0..<users.count).map { withheld.contains(users[$0], for: .streamLearning) }))
        if let factors {
            try learner.adopt(
                factors, users: (0..<Int32(base.ratings.users.count)).map { $0 },
                items: (0..<Int32(base.ratings.items.count)).map { $0 }, of: ratings)
        }
        return learner
    }

    // MARK: Following

    /// Follows a commit soon; those that were given before are followed before.
    func follow(_ applied: AppliedChanges, isScored: Bool = true) {
        waiting.withLock { $0.append(Waiting(applied: applied, isScored: isScored)) }
        queue.async { [self] in followWaiting() }
    }

    /// Goes on with what came of the predictions of the graph before, and follows commits that are among these.
    ///
    /// No commit comes to either meanwhile.
    func takeOver(from other: LiveGraph?, _ commits: [AppliedChanges]) {
        if let other {
            other.followNow()
            let error = other.error
            state.withLock { $0.learner.carryOn(error) }
        }
        for commit in commits { follow(commit, isScored: other == nil) }
    }

    /// Takes the ratings of a user over as they are in the store once all is followed that was given before.
    ///
    /// - Parameters:
    ///   - number: of the user's newest change.
    ///   - ratings: reads them, after the commits that are followed: what was committed later is followed later.
    func follow(_ user: String, _ number: Int64, ratings: @escaping @Sendable () throws -> [RatingEvent]) {
        queue.async { [self] in
            followWaiting()
            guard let ratings = try? ratings() else { return told.withLock { $0.follows = false } }
            state.withLock { state in
                var changes = ratings.map {
                    AppliedChanges.Change(user: user, item: $0.item, value: $0.value, time: $0.time)
                }
                let kept = Set(ratings.map { ExactText($0.item) })
                if let row = state.ratings.users.number(of: user) {
                    for entry in state.ratings.entries(ofUser: row) {
                        let item = state.ratings.items.id(of: Int(entry.number))
                        guard !kept.contains(ExactText(item)) else { continue }
                        changes.append(.init(user: user, item: item, value: nil, time: nil))
                    }
                }
                follow(changes[...], &state, isScored: false)
                advance(to: number, hasNewFacts: false, &state)
            }
        }
    }

    /// Follows all commits that were given, and waits for it.
    func followNow() { queue.sync { followWaiting() } }

    /// Returns when all commits that were given are followed.
    func catchUp() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }

    private func followWaiting() {
        let commits = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for commit in commits {
            let applied = commit.applied
            for part in Parallel.ranges(
                applied.changes.count, of: max(Self.partSize, applied.changes.count / 10))
            {
                state.withLock { follow(applied.changes[part], &$0, isScored: commit.isScored) }
            }
            state.withLock { state in
                advance(to: applied.number, hasNewFacts: applied.hasNewFacts, &state)
                state.counts.addDelay(
                    seconds: commit.since.duration(to: .now) / .seconds(1), changes: applied.changes.count)
            }
        }
    }

    private func follow(
        _ changes: ArraySlice<AppliedChanges.Change>, _ state: inout State, isScored: Bool
    ) {
        let withheld = consent.withheld
        for change in changes where withheld.contains(change.user, for: .streamLearning) {
            state.ratings.set(change)
        }
        let learned = changes.filter { !withheld.contains($0.user, for: .streamLearning) }
        let batch = learned.map { StreamRating(user: $0.user, item: $0.item, value: $0.value) }
        state.learner.receive(batch, into: &state.ratings, isScored: isScored)
        let changed = state.ratings.settle()
        do {
            state.counts.add(try state.neighbors.follow(changed, in: state.ratings), changes: changes.count)
        } catch {
            told.withLock { $0.follows = false }
        }
        // Rows without a solution keep the factors that they have.
        try? state.learner.follow(changed, of: state.ratings)
        let newcomers = state.ratings.users.count - state.communities.count
        state.communities += Array(repeating: nil, count: newcomers)
    }

    private func advance(to number: Int64, hasNewFacts: Bool, _ state: inout State) {
        state.moment.number = max(state.moment.number, number)
        state.moment.facts += hasNewFacts ? 1 : 0
        let moment = state.moment
        told.withLock { $0.moment = moment }
    }

    // MARK: Reading

    /// What came of predicting each rating before it counted.
    public var error: PrequentialError { state.withLock { $0.learner.error } }

    /// The sums of that since the last call.
    func drainError() -> PrequentialError.Interval { state.withLock { $0.learner.drain() } }

    /// Whether the lists are those of the ratings.
    var follows: Bool { told.withLock { $0.follows } }

    /// What is followed.
    var moment: GraphMoment { told.withLock { $0.moment } }

    /// Tells the lists as they stand from every other of any store.
    public var version: String { moment.version(since: base) }

    /// How many users have ratings, how many items the store has, and how many ratings.
    public var totals: (users: Int, items: Int, ratings: Int) {
        state.withLock { ($0.ratings.users.presentCount, $0.ratings.items.presentCount, $0.ratings.count) }
    }

    public var counts: MendingCounts { state.withLock { $0.counts } }

    /// A user near another, with the community that was found last; nil for somebody new.
    public struct NearUser: Sendable {
        public let id: String
        public let similarity: Float
        public let support: Int32
        public let community: Int32?
    }

    /// The number of a user's community; nil where it was not sought yet.
    func community(of id: String) -> Int32? {
        state.withLock { state in
            state.ratings.users.number(of: id).flatMap { state.communities[$0] }
        }
    }

    /// The nearest users, nearest first; nil for somebody who has no rating.
    public func neighbors(of id: String, count: Int) -> [NearUser]? {
        state.withLock { state in
            guard let user = state.ratings.users.number(of: id), state.ratings.users.isPresent(user) else { return nil }
            return state.neighbors.neighbors(of: user).prefix(count).map { near in
                NearUser(
                    id: state.ratings.users.id(of: Int(near.user)), similarity: near.similarity, support: near.support,
                    community: state.communities[Int(near.user)])
            }
        }
    }
}

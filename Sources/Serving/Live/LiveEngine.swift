public import Engine
import FileOutput
import Foundation
import Platform
import Ratings
public import Store
import Synchronization

/// The newest snapshot of a store, the refresh that puts another in its place, and the ratings that come in meanwhile.
///
/// Readers take the snapshot that is there and wait for nobody. A user whose ratings have changed since is answered by these,
/// folded in, until the next refresh.
public final class LiveEngine: Sendable {
    public let store: Store
    public let configuration: LiveConfiguration
    public let events = LiveEvents()
    private let intake: RatingIntake
    let consent: LiveConsent
    /// The newest graph for downloads, where it is another than that of all.
    let exports = Mutex<GraphView?>(nil)
    let state: Mutex<State>

    struct State {
        var snapshot: LiveSnapshot?
        /// What follows the ratings since the snapshot; nil until it is made.
        var graph: FollowingGraph?
        /// The commits since somebody began to make a graph, by who makes it.
        var commits: [Int: [AppliedChanges]] = [:]
        var makers = 0
        /// The writes of other programs that the graph follows: the number of the last look, and of the newest change then.
        var seenOfOthers: (writers: Int64?, change: Int64) = (nil, 0)
        /// Of minutes that the store could not take yet.
        var unkeptErrors: [StreamError] = []
        var isRefreshing = false
        var observer: (@Sendable (AppliedChanges) -> Void)?
        /// Users whose ratings have changed since the snapshot, each with the number of the newest change.
        var changed: [ExactText: Int64] = [:]
        /// The number of the newest change by which the ratings of a user came to count, or no longer do.
        var decided: Int64 = 0
        /// Users of the snapshot who were erased since.
        var erased: Set<ExactText> = []
        var trouble: LiveTrouble?
        /// Held by the one service that writes the store.
        var claim: FileLock?
        var isFollower = false
    }

    /// Begins with the snapshot that the store has kept, if there is one and it can be read.
    ///
    /// - Throws: `StoreError` where the file does not hold together.
    public init(_ store: Store, _ configuration: LiveConfiguration) throws {
        self.store = store
        self.configuration = configuration
        intake = RatingIntake(store, now: Self.now)
        consent = LiveConsent(try store.withheldUsers())
        var state = State()
        // What was computed may be whole where the ratings are not, and the other way round.
        if let error = try Self.repairable({ try store.verify() }) {
            state.trouble = LiveTrouble(error, failures: 0, of: store, concernsStore: true)
        }
        let unreadable = try Self.repairable { state.snapshot = try SavedSnapshot.read(from: store, configuration) }
        if state.trouble == nil, let unreadable {
            state.trouble = LiveTrouble(unreadable, failures: 0, of: store, concernsStore: false)
        }
        self.state = Mutex(state)
        store.follow { [weak self] in self?.take($0) }
        let changed = try store.changedUsers()
        self.state.withLock { state in
            // What was committed meanwhile is newer.
            for (user, number) in changed {
                state.changed[ExactText(user)] = max(number, state.changed[ExactText(user)] ?? 0)
            }
            // Also where nobody followed the store when it was decided.
            state.decided =
                changed.filter { consent.withheld.contains($0.user, for: .personalization) }
                .map(\.number).max() ?? 0
        }
        try leaveOutWithheld()
        followSnapshot()
    }

    /// The error of a store that holds together, although what is in it does not.
    private static func repairable(_ body: () throws -> Void) throws -> StoreError? {
        do { try body() } catch let error as StoreError where error.isRepairable { return error }
        return nil
    }

    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

    /// The newest, or nil before the first refresh.
    public var snapshot: LiveSnapshot? { state.withLock { $0.snapshot } }

    public var isRefreshing: Bool { state.withLock { $0.isRefreshing } }

    /// Why the snapshot is missing or old; nil where nothing is wrong.
    public var trouble: LiveTrouble? { state.withLock { $0.trouble } }

    /// Whether there is no snapshot yet, an import has ended or somebody has decided on their data since its ratings were read, or
    /// its models have other parameters.
    public func isBehind() throws -> Bool {
        guard let snapshot, !hasOtherParameters(snapshot), !holdsErased else { return true }
        if state.withLock({ $0.decided > snapshot.change }) { return true }
        if let graph = state.withLock({ $0.graph }), !graph.live.follows { return true }
        let seen = snapshot.run.metrics.first { $0.metric == Refresh.importsMetric }
        return try store.importCount() != seen.map { Int($0.value) }
    }

    private func hasOtherParameters(_ snapshot: LiveSnapshot) -> Bool {
        let options = try? ForeignJSON.decode([String: String].self, from: Data(snapshot.run.options.utf8))
        if let before = options?["relevant"], before != "\(snapshot.relevance)" { return true }
        return ModelKind.involved(in: configuration.kinds).contains { kind in
            options?[kind.rawValue].map { $0 != configuration.models.list(of: kind) } ?? false
        }
    }
}

// MARK: Refresh

extension LiveEngine {
    /// Computes all anew from the ratings as they stand, keeps it in the store and swaps it in.
    ///
    /// - Returns: nil where another refresh is under way; that one may have begun before the newest ratings.
    public func refresh() async throws -> LiveSnapshot? {
        let isFree = state.withLock { state in
            defer { state.isRefreshing = true }
            return !state.isRefreshing
        }
        guard isFree else { return nil }
        defer { state.withLock { $0.isRefreshing = false } }
        let maker = beginMaking()
        defer { endMaking(maker) }
        do {
            try requireClaim()
            let snapshot = try await HeavyThread.run { [self] in try computed() }
            install(snapshot.snapshot, snapshot.graph, maker)
            // Somebody may have withdrawn while it was computed.
            try await HeavyThread.run { [self] in try leaveOutWithheld() }
            return snapshot.snapshot
        } catch {
            state.withLock { state in
                let before = state.trouble?.failures ?? 0
                state.trouble = LiveTrouble(
                    error, failures: before + 1, of: store,
                    concernsStore: (error as? StoreError)?.isRepairable == true)
            }
            throw error
        }
    }

    /// Computes for seconds or minutes.
    private func computed() throws -> (snapshot: LiveSnapshot, graph: FollowingGraph?) {
        let before = (snapshot: snapshot, graph: liveGraph)
        let refresh = Refresh(store, configuration, after: before.snapshot, started: Self.now()) { user in
            before.graph.map { $0.community(of: user) } ?? before.snapshot?.community(of: user)
        } progress: { [events] stage, share in
            events.send(.progress(stage: stage, share: share))
        }
        let snapshot = try refresh.run()
        return (snapshot, try FollowingGraph(snapshot, configuration, store, consent))
    }

    func install(_ snapshot: LiveSnapshot, _ graph: FollowingGraph?, _ maker: Int) {
        // Before, so that little is left to follow while nobody can read the state.
        liveGraph?.followNow()
        state.withLock { state in
            state.snapshot = snapshot
            state.erased = state.erased.filter { snapshot.ratings.users.index(of: $0.text) != nil }
            state.changed = state.changed.filter { $0.value > snapshot.change }
            state.trouble = nil
            // What was committed after the ratings were read; the graph before has scored it.
            let commits = (state.commits[maker] ?? []).filter { $0.number > snapshot.change }
            graph?.live.takeOver(from: state.graph?.live, commits)
            state.graph = graph
            // Others may have written while it was made.
            state.seenOfOthers = (nil, snapshot.change)
        }
        events.send(.refreshed(run: snapshot.run.number))
    }
}

// MARK: Ratings

extension LiveEngine {
    /// Stores ratings, or removes one; it is on the disk when this returns `.done`.
    ///
    /// - Throws: `StoreError` where nothing was stored.
    public func submit(_ submission: RatingSubmission) async throws -> RatingSubmission.Outcome {
        try requireClaim()
        return try await intake.submit(submission)
    }

    /// Stores messages of a stream; they are on the disk when this returns.
    ///
    /// - Throws: `StoreError` where nothing was stored.
    public func apply(_ batch: StreamBatch) throws -> StreamOutcome {
        try requireClaim()
        return try store.apply(batch, now: Self.now())
    }

    /// Tells somebody of each commit of this program, in order, whatever it came from.
    public func observe(_ observer: @escaping @Sendable (AppliedChanges) -> Void) {
        state.withLock { $0.observer = observer }
    }

    /// Called after each commit, in order, by the thread that writes.
    private func take(_ applied: AppliedChanges) {
        let withheld = consent.withheld
        let followed = applied.leavingOut(withheld, for: .personalization)
        let observer = state.withLock { state in
            for change in applied.changes { state.changed[ExactText(change.user)] = applied.number }
            if let erased = applied.erased, state.snapshot?.ratings.users.index(of: erased) != nil {
                state.erased.insert(ExactText(erased))
            }
            for maker in state.commits.keys { state.commits[maker]?.append(followed) }
            state.graph?.live.follow(followed)
            return state.observer
        }
        let seen = applied.leavingOut(withheld, for: .analytics)
        observer?(seen)
        let ratings = seen.changes.compactMap { change in
            change.value.map { RatingEvent(user: change.user, item: change.item, value: $0, time: change.time) }
        }
        if !ratings.isEmpty { events.send(.ratings(ratings)) }
    }

    /// A user by the ratings that count now, or nil where neither the store nor the snapshot knows them.
    public func person(_ id: String, in snapshot: LiveSnapshot) throws -> Person? {
        if change(of: id) == nil, let user = snapshot.ratings.users.index(of: id) {
            return Person(user: user, of: snapshot.ratings)
        }
        return try guest(id, rating: snapshot.ratings.items)
    }

    /// A user by what the store has of them, and may use; nil where it does not know them.
    func guest(_ id: String, rating items: Vocabulary) throws -> Person? {
        guard let stored = try store.ratings(ofUser: id, for: .personalization) else { return nil }
        let known = stored.compactMap { rating in
            items.index(of: rating.event.item).map { (item: $0, rating: rating.event.value) }
        }
        return Person(guest: UserRatings(known))
    }

    /// The number of the newest change of a user's ratings since the snapshot, as the store counts them; nil for none.
    public func change(of user: String) -> Int64? { state.withLock { $0.changed[ExactText(user)] } }
}

import Dispatch
public import Engine
import Foundation
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
    private let state: Mutex<State>

    private struct State {
        var snapshot: LiveSnapshot?
        var isRefreshing = false
        /// Users whose ratings have changed, each with the number of the change.
        var changed: [String: Int] = [:]
        var changes = 0
    }

    /// Begins with the snapshot that the store has kept, if there is one and it can be read.
    ///
    /// - Throws: `StoreError`.
    public init(_ store: Store, _ configuration: LiveConfiguration) throws {
        self.store = store
        self.configuration = configuration
        intake = RatingIntake(store, now: Self.now)
        var state = State()
        state.snapshot = try SavedSnapshot.read(from: store, configuration)
        for user in try store.changedUsers() { state.changed[user] = 0 }
        self.state = Mutex(state)
    }

    private static func now() -> Int64 { Int64(Date().timeIntervalSince1970) }

    /// The newest, or nil before the first refresh.
    public var snapshot: LiveSnapshot? { state.withLock { $0.snapshot } }

    public var isRefreshing: Bool { state.withLock { $0.isRefreshing } }

    /// Whether there is no snapshot yet, an import has ended since its ratings were read, or its models have other parameters.
    public func isBehind() throws -> Bool {
        guard let snapshot, !hasOtherParameters(snapshot) else { return true }
        let seen = snapshot.run.metrics.first { $0.metric == Refresh.importsMetric }
        return try store.importCount() != seen.map { Int($0.value) }
    }

    private func hasOtherParameters(_ snapshot: LiveSnapshot) -> Bool {
        let options = try? JSONDecoder().decode([String: String].self, from: Data(snapshot.run.options.utf8))
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
        let changes = state.withLock { $0.changes }
        let snapshot = try await computed()
        state.withLock { state in
            state.snapshot = snapshot
            state.changed = state.changed.filter { $0.value > changes }
        }
        events.send(.refreshed(run: snapshot.run.number))
        return snapshot
    }

    /// Computes for seconds or minutes on a thread of its own, for those of tasks are few.
    private func computed() async throws -> LiveSnapshot {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { [self] in
                let refresh = Refresh(store, configuration, after: snapshot, started: Self.now()) {
                    [events] stage, share in
                    events.send(.progress(stage: stage, share: share))
                }
                continuation.resume(with: Result { try refresh.run() })
            }
        }
    }
}

// MARK: Ratings

extension LiveEngine {
    /// Stores ratings, or removes one; it is on the disk when this returns `.done`.
    ///
    /// - Throws: `StoreError` where nothing was stored.
    public func submit(_ submission: RatingSubmission) async throws -> RatingSubmission.Outcome {
        let outcome = try await intake.submit(submission)
        guard outcome == .done else { return outcome }
        state.withLock { state in
            state.changes += 1
            for user in submission.users { state.changed[user] = state.changes }
        }
        if case .rate(let events) = submission.change { self.events.send(.ratings(events)) }
        return outcome
    }

    /// A user by the ratings that count now, or nil where neither the store nor the snapshot knows them.
    public func person(_ id: String, in snapshot: LiveSnapshot) throws -> Person? {
        if change(of: id) == nil, let user = snapshot.ratings.users.index(of: id) {
            return Person(user: user, of: snapshot.ratings)
        }
        guard let stored = try store.ratings(ofUser: id) else { return nil }
        let known = stored.compactMap { rating in
            snapshot.ratings.items.index(of: rating.event.item).map { (item: $0, rating: rating.event.value) }
        }
        return Person(guest: UserRatings(known))
    }

    /// The number of the newest change of a user's ratings since the snapshot, which counts up while the program runs; nil for
    /// none.
    public func change(of user: String) -> Int? { state.withLock { $0.changed[user] } }
}

extension RatingSubmission {
    fileprivate var users: [String] {
        switch change {
        case .rate(let events): events.map(\.user)
        case .remove(let user, _): [user]
        }
    }
}

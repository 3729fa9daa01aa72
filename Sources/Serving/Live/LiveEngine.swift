import Dispatch
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
    private let state: Mutex<State>

    private struct State {
        var snapshot: LiveSnapshot?
        var isRefreshing = false
        /// Users whose ratings have changed, each with the number of the change.
        var changed: [ExactText: Int] = [:]
        var changes = 0
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
        var state = State()
        // What was computed may be whole where the ratings are not, and the other way round.
        if let error = try Self.repairable({ try store.verify() }) {
            state.trouble = LiveTrouble(error, failures: 0, of: store, concernsStore: true)
        }
        let unreadable = try Self.repairable { state.snapshot = try SavedSnapshot.read(from: store, configuration) }
        if state.trouble == nil, let unreadable {
            state.trouble = LiveTrouble(unreadable, failures: 0, of: store, concernsStore: false)
        }
        for user in try store.changedUsers() { state.changed[ExactText(user)] = 0 }
        self.state = Mutex(state)
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

    /// Whether there is no snapshot yet, an import has ended since its ratings were read, or its models have other parameters.
    public func isBehind() throws -> Bool {
        guard let snapshot, !hasOtherParameters(snapshot) else { return true }
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
        let changes = state.withLock { $0.changes }
        let snapshot: LiveSnapshot
        do {
            try requireClaim()
            snapshot = try await computed()
        } catch {
            state.withLock { state in
                let before = state.trouble?.failures ?? 0
                state.trouble = LiveTrouble(
                    error, failures: before + 1, of: store,
                    concernsStore: (error as? StoreError)?.isRepairable == true)
            }
            throw error
        }
        state.withLock { state in
            state.snapshot = snapshot
            state.changed = state.changed.filter { $0.value > changes }
            state.trouble = nil
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
        try requireClaim()
        let outcome = try await intake.submit(submission)
        guard outcome == .done else { return outcome }
        state.withLock { state in
            state.changes += 1
            for user in submission.users { state.changed[ExactText(user)] = state.changes }
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
    public func change(of user: String) -> Int? { state.withLock { $0.changed[ExactText(user)] } }
}

// MARK: Several services on one store

extension LiveEngine {
    /// Whether another service writes the store, so that this one only reads.
    public var isFollower: Bool { state.withLock { $0.isFollower } }

    /// Takes the store for this service to write, unless another has it.
    ///
    /// - Returns: whether this service writes it.
    /// - Throws: `StoreError` where the folder of the store cannot be written.
    @discardableResult
    public func claim() throws -> Bool {
        if state.withLock({ $0.claim != nil }) { return true }
        let claim = try store.claim()
        state.withLock { state in
            state.claim = claim
            state.isFollower = claim == nil
        }
        return claim != nil
    }

    /// Leaves the store to another service.
    public func release() {
        state.withLock { $0.claim = nil }
    }

    private func requireClaim() throws {
        if isFollower { throw StoreError.served(path: store.path) }
    }

    /// Takes over what the service that writes the store has computed and stored since.
    public func follow() throws {
        let changed = try store.changedUsers()
        if try store.newestRunNumber() != snapshot?.run.number,
            let newer = try SavedSnapshot.read(from: store, configuration)
        {
            state.withLock { state in
                state.snapshot = newer
                state.trouble = nil
            }
            events.send(.refreshed(run: newer.run.number))
        }
        state.withLock { state in
            // Their ratings may have changed again since the last look.
            state.changes += 1
            state.changed = Dictionary(changed.map { (ExactText($0), state.changes) }) { $1 }
        }
    }
}

extension RatingSubmission {
    fileprivate var users: [String] {
        switch change {
        case .rate(let events): events.map(\.user)
        case .remove(let user, _): [user]
        }
    }
}

import Dispatch
public import Engine
import Ratings
import Store
import Synchronization

extension LiveEngine {
    /// The graph as it stands, with what was rated a moment ago.
    ///
    /// - Returns: nil before the first snapshot.
    public func currentGraph() async throws -> GraphView? {
        if let following { return try await following.views.current() }
        return snapshot.map(GraphView.init)
    }

    private var following: FollowingGraph? {
        state.withLock { $0.graph }.flatMap { $0.live.follows ? $0 : nil }
    }

    /// The newest view that was made, without waiting for another; nil where none follows the ratings.
    public var newestGraph: GraphView? { following?.views.newest }

    /// A user by the ratings that count now, or nil where neither the store nor the view knows them.
    public func person(_ id: String, in view: GraphView) throws -> Person? {
        if change(of: id) ?? 0 <= view.moment.number, let user = view.ratings.users.index(of: id) {
            return Person(user: user, of: view.ratings)
        }
        return try guest(id, rating: view.ratings.items)
    }

    /// What follows the ratings; nil until it is made, and where the measure of the graph depends on everybody.
    public var liveGraph: LiveGraph? { following?.live }

    /// Returns when the graph follows all that was committed before.
    public func followAll() async {
        while state.withLock({ !$0.commits.isEmpty }) {
            try? await Task.sleep(for: .milliseconds(5))
        }
        await liveGraph?.catchUp()
    }

    // MARK: Making

    /// From here on commits are kept for a graph that is being made.
    func beginMaking() -> Int {
        state.withLock { state in
            state.makers += 1
            state.commits[state.makers] = []
            return state.makers
        }
    }

    func endMaking(_ maker: Int) { state.withLock { _ = $0.commits.removeValue(forKey: maker) } }

    /// Makes the graph that follows the snapshot which was kept; until it is there, that of the snapshot answers.
    func followSnapshot() {
        guard let snapshot else { return }
        let maker = beginMaking()
        DispatchQueue.global(qos: .utility).async { [weak self] in
            guard let self else { return }
            defer { endMaking(maker) }
            do {
                guard let graph = try FollowingGraph(snapshot, configuration, store, consent) else { return }
                catchUp(graph, try store.changedUsers())
                state.withLock { state in
                    guard state.snapshot?.run.token == snapshot.run.token else { return }
                    for commit in state.commits[maker] ?? [] { graph.live.follow(commit) }
                    state.graph = graph
                }
            } catch {
                // The next refresh makes another.
                state.withLock { state in
                    state.trouble = state.trouble ?? LiveTrouble(error, failures: 0, of: store, concernsStore: false)
                }
            }
        }
    }

    /// Follows what another program has put into the store, such as `kindred watch` or `kindred consume`.
    public func followOthers() throws {
        let writers = try store.otherWriters()
        let newest = try store.newestChange()
        let (graph, seen) = state.withLock { ($0.graph, $0.seenOfOthers) }
        guard let graph, writers != seen.writers else { return }
        // Users whom this program has changed are among them; their ratings are what they are.
        let changed = try store.changedUsers().filter { $0.number > seen.change }
        state.withLock { state in
            for (user, number) in changed {
                state.changed[ExactText(user)] = max(number, state.changed[ExactText(user)] ?? 0)
            }
            if state.graph?.live === graph.live { state.seenOfOthers = (writers, newest) }
        }
        catchUp(graph, changed)
    }

    /// Takes over the ratings of users as they are in the store, as far as they may be used.
    func catchUp(_ graph: FollowingGraph, _ changed: [(user: String, number: Int64)]) {
        for (user, number) in changed {
            graph.live.follow(user, number) { [store] in
                try store.ratings(ofUser: user, for: .personalization)?.map(\.event) ?? []
            }
        }
    }
}

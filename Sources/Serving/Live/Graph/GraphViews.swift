import Engine
import Factorization
import Graphs
import LinearAlgebra
import Neighbors
import Ratings
import Store
import Synchronization

/// Makes views of a graph that changes: each of them once, however many ask for it.
///
/// Communities follow from those of the view before, and keep their numbers.
actor GraphViews {
    private let graph: LiveGraph
    private let store: Store
    private let latest: Mutex<GraphView>
    private var making: Task<Void, any Error>?

    init(_ graph: LiveGraph, _ store: Store) {
        self.graph = graph
        self.store = store
        latest = Mutex(GraphView(graph.base))
    }

    /// The newest that was made, without waiting for another.
    nonisolated var newest: GraphView { latest.withLock { $0 } }

    /// The graph as it stands when this is called, or a moment later.
    func current() async throws -> GraphView {
        let wanted = graph.moment
        while true {
            let newest = newest
            if newest.moment.includes(wanted) { return newest }
            // One that is being made may have begun before what is wanted; then whoever is first makes the next.
            let task = making ?? make(after: newest)
            try await task.value
        }
    }

    private func make(after before: GraphView) -> Task<Void, any Error> {
        let task = Task { [graph, store] in
            defer { making = nil }
            let view = try await HeavyThread.run { try graph.view(after: before, store) }
            latest.withLock { if view.moment.includes($0.moment) { $0 = view } }
        }
        making = task
        return task
    }
}

extension LiveGraph {
    /// - Complexity: O(ratings + users · k), and the moves of users between communities.
    fileprivate func view(after before: GraphView, _ store: Store) throws -> GraphView {
        // The copies share their rows until these change, so that following goes on while the view is made.
        let state = self.state.withLock { $0 }
        let numbered = state.ratings.matrix()
        let table = state.neighbors.table(for: numbered)
        let communities = numbered.userNumbers.map { state.communities[Int($0)] }
        let dataset = try dataset(of: numbered.matrix, after: before, facts: state.moment.facts, store)
        let engine = try GraphEngine(configuration.graph)
        let graph = engine.snapshot(of: dataset, neighbors: table, communitiesAfter: communities)
        self.state.withLock { state in
            for (index, user) in numbered.userNumbers.enumerated() {
                state.communities[Int(user)] = graph.community(of: index)
            }
        }
        let model = state.learner.factors?.model(
            users: numbered.userNumbers, items: numbered.itemNumbers, scale: base.scale)
        return GraphView(graph, als: model.map(FittedModel.als), moment: state.moment, since: base)
    }

    /// What is known of the same users and items stays known; new ones are looked up in the store.
    private func dataset(
        of ratings: RatingMatrix, after before: GraphView, facts: Int, _ store: Store
    ) throws -> Dataset {
        let isSame = ratings.users == before.ratings.users && ratings.items == before.ratings.items
        return isSame && facts == before.moment.facts ? before.dataset.with(ratings) : try store.dataset(of: ratings)
    }
}

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
    private var making: Task<GraphView, any Error>?

    init(_ graph: LiveGraph, _ store: Store) {
        self.graph = graph
        self.store = store
        latest = Mutex(GraphView(graph.base))
    }

    /// The newest that was made, without waiting for another.
    nonisolated var newest: GraphView { latest.withLock { $0 } }

    /// The graph as it stands when this is called, or a moment later.
    func current() async throws -> GraphView {
        // One that is being made may have begun before the newest change.
        if let making, let view = try? await making.value, view.number >= graph.number { return view }
        let newest = newest
        if newest.number >= graph.number { return newest }
        let task = Task { [graph, store, newest] in
            try await HeavyThread.run { try graph.view(after: newest, store) }
        }
        making = task
        defer { if making == task { making = nil } }
        let view = try await task.value
        latest.withLock { if view.number > $0.number { $0 = view } }
        return view
    }
}

extension LiveGraph {
    /// - Complexity: O(ratings + users · k), and the moves of users between communities.
    fileprivate func view(after before: GraphView, _ store: Store) throws -> GraphView {
        let (numbered, table, factors, communities, number, hasNewFacts) = state.withLock { state in
            let numbered = state.ratings.matrix()
            return (
                numbered, state.neighbors.table(for: numbered), state.learner.factors,
                numbered.userNumbers.map { state.communities[Int($0)] }, state.number, state.hasNewFacts
            )
        }
        let dataset = try dataset(of: numbered.matrix, after: before, hasNewFacts: hasNewFacts, store)
        let engine = try GraphEngine(configuration.graph)
        let graph = engine.snapshot(of: dataset, neighbors: table, communitiesAfter: communities)
        state.withLock { state in
            for (index, user) in numbered.userNumbers.enumerated() {
                state.communities[Int(user)] = graph.community(of: index)
            }
        }
        let model = factors?.model(users: numbered.userNumbers, items: numbered.itemNumbers, scale: base.scale)
        return GraphView(graph, als: model.map(FittedModel.als), number: number, since: base)
    }

    /// What is known of the same users and items stays known; new ones are looked up in the store.
    private func dataset(
        of ratings: RatingMatrix, after before: GraphView, hasNewFacts: Bool, _ store: Store
    ) throws -> Dataset {
        let isSame = ratings.users == before.ratings.users && ratings.items == before.ratings.items
        return isSame && !hasNewFacts ? before.dataset.with(ratings) : try store.dataset(of: ratings)
    }
}

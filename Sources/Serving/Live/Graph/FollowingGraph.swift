import Engine
import Neighbors
import Store

/// A graph that follows the ratings since a snapshot, with its views.
struct FollowingGraph: Sendable {
    let live: LiveGraph
    let views: GraphViews

    /// nil where the measure of the graph depends on everybody: it follows at a refresh.
    init?(_ snapshot: LiveSnapshot, _ configuration: LiveConfiguration, _ store: Store, _ consent: LiveConsent) throws {
        do { try LiveNeighbors.checkFollows(configuration.graph.similarity) } catch { return nil }
        live = try LiveGraph(snapshot, configuration, consent)
        views = GraphViews(live, store)
    }
}

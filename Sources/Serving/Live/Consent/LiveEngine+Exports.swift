import Engine
import Ratings
import Store
import Synchronization

extension LiveEngine {
    /// The graph of those whose data may leave the store: another where somebody consents to personalization and not to exports,
    /// as if they had never rated.
    ///
    /// - Complexity: that of a graph of the same ratings, once for each view and decision.
    public func exported(_ view: GraphView) async throws -> GraphView {
        let withheld = consent.withheld
        guard withheld.hasAny(for: .export) else { return view }
        let users = view.ratings.users
        let kept = (0..<users.count).filter { !withheld.contains(users[$0], for: .export) }
        guard kept.count < users.count else { return view }
        let version = "\(view.version)-exported-\(withheld.decision)"
        if let known = exports.withLock({ $0 }), known.version == version { return known }
        let made = try await HeavyThread.run { [configuration, store] in
            let dataset = try store.dataset(of: view.ratings.rows(kept))
            return GraphView(try GraphEngine(configuration.graph).snapshot(of: dataset), of: view, version: version)
        }
        exports.withLock { $0 = made }
        return made
    }
}

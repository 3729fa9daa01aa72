import Engine
import LinearAlgebra
import ModelFiles
import Neighbors
import Ratings
import Store

extension LiveSnapshot {
    /// The same without the ratings of users who are withheld from personalization; they stay as users without ratings until the
    /// next refresh, so that all indices are as before.
    ///
    /// Models that take long to fit keep the factors that they have, in which nothing of a single user can be seen; others are
    /// fitted again.
    ///
    /// - Returns: nil where it has no ratings of theirs.
    func leavingOut(_ withheld: WithheldUsers, _ configuration: LiveConfiguration) throws -> LiveSnapshot? {
        guard withheld.hasAny(for: .personalization) else { return nil }
        let isOut = (0..<ratings.users.count).map { user in
            !ratings.byUser.entries(ofRow: user).isEmpty
                && withheld.contains(ratings.users[user], for: .personalization)
        }
        guard isOut.contains(true) else { return nil }
        let dataset = dataset.with(ratings.leavingOut(isOut))
        let left = try GraphEngine(configuration.graph).snapshot(
            of: dataset, neighbors: graph.neighbors.leavingOut(isOut), partition: graph.partition
        ).numbered(following: (0..<isOut.count).map(graph.community))
        let fitted = try ModelKind.fit(
            configuration.kinds.filter { models[$0] != nil }, dataset, configuration.models,
            known: models.filter { $0.value.stored != nil })
        return LiveSnapshot(of: self, left, fitted, decision: withheld.decision, configuration)
    }
}

extension RatingMatrix {
    /// Without the ratings of some users, who stay as users.
    func leavingOut(_ isOut: [Bool]) -> RatingMatrix {
        let kept = isOut.indices.flatMap { isOut[$0] ? [] : Array(byUser.entries(ofRow: $0)) }
        let offsets = isOut.indices.reduce(into: [0]) { offsets, user in
            offsets.append(offsets[user] + (isOut[user] ? 0 : byUser.entries(ofRow: user).count))
        }
        return RatingMatrix(
            users: users, items: items,
            byUser: SparseMatrix(
                columns: items.count, rowOffsets: offsets, columnIndices: kept.map { byUser.columnIndices[$0] },
                values: kept.map { byUser.values[$0] }), timestamps: timestamps.map { times in kept.map { times[$0] } })
    }
}

extension NeighborTable {
    /// Without the lists of some users, and without them in the lists of others.
    fileprivate func leavingOut(_ isOut: [Bool]) -> NeighborTable {
        NeighborTable(
            rows: isOut.indices.map { user in
                isOut[user] ? [] : neighbors(of: user).filter { !isOut[Int($0.user)] }
            })
    }
}

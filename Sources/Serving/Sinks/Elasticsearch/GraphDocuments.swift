public import Engine
import FileOutput
import Graphs
import Neighbors
import Ratings
public import Store

/// What a run has computed, in memory.
public struct GraphResult: Sendable {
    public let snapshot: Snapshot
    public let run: StoredRun

    public init(snapshot: Snapshot, run: StoredRun) {
        self.snapshot = snapshot
        self.run = run
    }
}

extension IndexDocuments {
    /// The communities, by their numbers in the partition.
    ///
    /// - Parameter version: the sequence of the store.
    public func communities(of graph: GraphResult, version: Int64) -> [BulkOperation] {
        let snapshot = graph.snapshot
        let items = snapshot.dataset.items
        return snapshot.profiles.enumerated().map { label, profile in
            let number = "\(snapshot.communityNumbers.numbers[label])"
            var document = IndexDocument()
            document.add("community", number)
            document.add("size", profile.statistics.size)
            document.add("conductance", Float(profile.statistics.conductance))
            document.add("top_genres", profile.topGenres.map { items.genreNames[$0.index] })
            document.add(
                "top_items", profile.topItems.map { items.titles[$0.index] ?? snapshot.ratings.items[$0.index] })
            document.add("run", graph.run.number)
            document.add("@timestamp", graph.run.started)
            return operation(.communities, DocumentID.of(number), version, document)
        }
    }

    /// An edge of the graph, source before target; with pseudonyms in their order, for that of the ids is nobody's business.
    ///
    /// - Parameters:
    ///   - users: the ids of the vertices.
    ///   - version: the sequence of the store.
    func edge(_ edge: Edge, support: Int32, _ users: Vocabulary, version: Int64) -> BulkOperation {
        var (source, target) = (name(of: users[Int(edge.source)]), name(of: users[Int(edge.target)]))
        if hasPseudonyms, target < source { swap(&source, &target) }
        var document = IndexDocument()
        document.add("source", source)
        document.add("target", target)
        document.add("similarity", edge.weight)
        document.add("support", support)
        return operation(.edges, DocumentID.of(source, target), version, document)
    }
}

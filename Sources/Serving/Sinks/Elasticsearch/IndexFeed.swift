import Engine
import Graphs
import Neighbors
import Ratings
import Store

/// The documents of one kind, page by page. Reading is one task's; the work on a page is another's.
struct IndexFeed {
    /// The most documents of a page.
    static let pageSize = 10_000

    /// The next page; nil at the end.
    let next: () throws -> (@Sendable () -> [BulkOperation])?

    /// - Parameters:
    ///   - graph: nil where nothing was computed.
    ///   - version: the sequence of the store before it is read.
    static func of(
        _ kind: IndexKind, _ store: Store, _ graph: GraphResult?, _ documents: IndexDocuments, version: Int64
    ) throws -> IndexFeed {
        switch (kind, graph) {
        case (.items, _): return IndexFeed(pagesOf: try store.itemRecords()) { documents.item($0, version: version) }
        case (.users, _): return IndexFeed(store.userRecords) { documents.user($0, version: version) }
        case (.ratings, _): return IndexFeed(store.ratingRecords) { documents.rating($0, version: version) }
        case (_, nil): return IndexFeed(pagesOf: [BulkOperation]()) { $0 }
        case (.recommendations, let graph?):
            return IndexFeed {
                try store.recommendationRecords(of: graph.run, after: $0, limit: $1)
            } _: {
                documents.recommendation($0, run: graph.run, version: version)
            }
        case (.communities, let graph?):
            return IndexFeed(pagesOf: documents.communities(of: graph, version: version)) { $0 }
        case (.edges, let graph?):
            let users = graph.snapshot.ratings.users
            let edges = zip(graph.snapshot.graph.edges, graph.snapshot.similarity.supports).map { ($0, $1) }
            return IndexFeed(pagesOf: edges) { documents.edge($0.0, support: $0.1, users, version: version) }
        }
    }

    /// Pages by key.
    private init<Record: Sendable>(
        _ read: @escaping (RecordPlace?, Int) throws -> (records: [Record], next: RecordPlace?),
        _ operation: @escaping @Sendable (Record) -> BulkOperation
    ) {
        var place: RecordPlace?
        var isOver = false
        next = {
            guard !isOver else { return nil }
            let page = try read(place, Self.pageSize)
            (place, isOver) = (page.next, page.next == nil)
            return { page.records.map(operation) }
        }
    }

    /// Pages of what is in memory.
    private init<Record: Sendable>(
        pagesOf records: [Record], _ operation: @escaping @Sendable (Record) -> BulkOperation
    ) {
        var rest = records[...]
        next = {
            guard !rest.isEmpty else { return nil }
            let page = rest.prefix(Self.pageSize)
            rest = rest.dropFirst(Self.pageSize)
            return { page.map(operation) }
        }
    }
}

import Engine
import Graphs
import Neighbors
import Ratings
import Store

/// The documents of one kind, page by page. One task reads; the work on a page is another's.
struct IndexFeed: Sendable {
    struct Page: Sendable {
        let operations: @Sendable () -> [BulkOperation]
        /// nil after the last page.
        let rest: IndexFeed?
    }

    /// The most documents of a page: larger ones are slower, and a slow server does not answer them in time.
    private static let size = 2_000

    /// Reads the first page, which may be empty.
    let read: @Sendable () throws -> Page

    /// - Parameters:
    ///   - graph: nil where nothing was computed.
    ///   - version: the sequence of the store before it is read.
    static func of(
        _ kind: IndexKind, _ store: Store, _ graph: GraphResult?, _ documents: IndexDocuments, version: Int64
    ) -> IndexFeed {
        switch (kind, graph) {
        case (.items, _):
            return IndexFeed { try parts(of: store.itemRecords()) { documents.item($0, version: version) }.read() }
        case (.users, _):
            return pages(after: nil, { try store.userRecords(after: $0, limit: $1) }) {
                documents.user($0, version: version)
            }
        case (.ratings, _):
            return pages(after: nil, { try store.ratingRecords(after: $0, limit: $1) }) {
                documents.rating($0, version: version)
            }
        case (_, nil): return parts(of: [BulkOperation]()) { $0 }
        case (.recommendations, let graph?):
            return pages(after: nil, { try store.recommendationRecords(of: graph.run, after: $0, limit: $1) }) {
                documents.recommendation($0, run: graph.run, version: version)
            }
        case (.communities, let graph?):
            return parts(of: documents.communities(of: graph, version: version)) { $0 }
        case (.edges, let graph?):
            let users = graph.snapshot.ratings.users
            let edges = zip(graph.snapshot.graph.edges, graph.snapshot.similarity.supports).map { ($0, $1) }
            return IndexFeed {
                let withheld = try store.withheldUsers()
                let isOut = (0..<users.count).map {
                    withheld.contains(users[$0], forAnyOf: [.personalization, .export])
                }
                return try parts(of: edges.filter { !isOut[Int($0.0.source)] && !isOut[Int($0.0.target)] }) {
                    documents.edge($0.0, support: $0.1, users, version: version)
                }.read()
            }
        }
    }

    /// Pages by key.
    private static func pages<Record: Sendable>(
        after place: RecordPlace?,
        _ read: @escaping @Sendable (RecordPlace?, Int) throws -> (records: [Record], next: RecordPlace?),
        _ operation: @escaping @Sendable (Record) -> BulkOperation
    ) -> IndexFeed {
        IndexFeed {
            let page = try read(place, size)
            return Page(
                operations: { page.records.map(operation) }, rest: page.next.map { pages(after: $0, read, operation) })
        }
    }

    /// Parts of what is in memory.
    private static func parts<Record: Sendable>(
        of records: [Record], from start: Int = 0, _ operation: @escaping @Sendable (Record) -> BulkOperation
    ) -> IndexFeed {
        IndexFeed {
            let end = min(start + size, records.count)
            return Page(
                operations: { records[start..<end].map(operation) },
                rest: end < records.count ? parts(of: records, from: end, operation) : nil)
        }
    }
}

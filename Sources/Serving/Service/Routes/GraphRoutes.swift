import Engine
import FileOutput
import Graphs
import HTTPTypes
import Hummingbird
import LinearAlgebra
import Live
import Neighbors
import Ratings

/// The graph of similar users: whole, as files, and its core, as something to draw.
struct GraphRoutes {
    let live: LiveEngine
    let versioned: Versioned
    let files: GraphFiles

    /// How many communities are drawn.
    private static let communities = 8
    /// How many links of each user are drawn.
    private static let links = 4

    /// Files have the ids of all users.
    func addAdministration(to router: RouterGroup<ServiceContext>) {
        router.get("graph.graphml") { try await file(.graphml, "application/xml", $0, $1) }
        router.get("graph.csv") { try await file(.csv, "text/csv; charset=utf-8", $0, $1) }
    }

    func addReading(to router: RouterGroup<ServiceContext>) {
        router.get("graph/core", use: core)
        router.get("graph/heatmap", use: heatmap)
    }

    private func file(
        _ format: GraphFiles.Format, _ type: String, _ request: Request, _ context: ServiceContext
    ) async throws -> Response {
        _ = try Query(request)
        return try await versioned.stream(to: request) { view in
            let path = try await files.path(format, of: view)
            return Response(
                status: .ok,
                headers: [
                    .contentType: type, .contentDisposition: "attachment; filename=\"graph.\(format.rawValue)\"",
                ],
                body: try await .file(path))
        }
    }

    private struct Core: Encodable {
        struct Node: Encodable {
            let id: String
            let community: Int32
            let degree: Int
            let ratings: Int
        }

        struct Link: Encodable {
            let source: String
            let target: String
            let similarity: Float
        }

        /// Whether ids are those of users; else they only tell nodes apart.
        let named: Bool
        let nodes: [Node]
        let links: [Link]
    }

    @Sendable private func core(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let count = try Query(request, "count").integer("count", in: 10...500, default: 150)
        let audience = context.audience
        return try await versioned.respond(to: request, for: audience) { (view: GraphView) in
            let graph = view.graph.similarity.graph
            let cores = communityCores(
                of: view.graph.partition, in: graph, count: count, communities: Self.communities)
            let names = audience.names(cores.map { view.ratings.users[$0] })
            let places = Dictionary(uniqueKeysWithValues: zip(cores, names))
            let nodes = zip(cores, names).map { user, name in
                Core.Node(
                    id: name, community: view.graph.community(of: user), degree: graph.degree(of: user),
                    ratings: view.ratings.byUser.entries(ofRow: user).count)
            }
            let links = Self.strongestLinks(among: cores, in: graph).compactMap { edge in
                places[Int(edge.source)].flatMap { source in
                    places[Int(edge.target)].map { Core.Link(source: source, target: $0, similarity: edge.weight) }
                }
            }
            return try Answer.json(Core(named: audience.namesUsers, nodes: nodes, links: links))
        }
    }

    /// Of each vertex the few heaviest edges to others of them; each once.
    private static func strongestLinks(among vertices: [Int], in graph: Graph) -> [Edge] {
        let shown = Set(vertices)
        var kept: [[Int32]: Edge] = [:]
        for vertex in vertices {
            let edges = graph.adjacency(of: vertex).filter { shown.contains(Int(graph.neighbors[$0])) }
                .sorted { (graph.weights[$1], graph.neighbors[$0]) < (graph.weights[$0], graph.neighbors[$1]) }
            for position in edges.prefix(links) {
                let (one, other) = (Int32(vertex), graph.neighbors[position])
                kept[[min(one, other), max(one, other)]] = Edge(
                    source: min(one, other), target: max(one, other), weight: graph.weights[position])
            }
        }
        return kept.values.sorted { ($0.source, $0.target) < ($1.source, $1.target) }
    }

    private struct Heatmap: Encodable {
        /// Whether users are named by their ids; else by what only tells them apart.
        let named: Bool
        let users: [String]
        let communities: [Int32]
        let similarities: [[Float]]

        /// A row for each pair, as pictures of matrices in Grafana and spreadsheets take them.
        var table: DataTable {
            var rows: [[DataTable.Value]] = []
            for (row, user) in users.enumerated() {
                for (column, other) in users.enumerated() {
                    rows.append([
                        .text(user), .text(other), .real(Double(similarities[row][column])),
                        .integer(Int64(communities[row])),
                    ])
                }
            }
            return DataTable(columns: ["user", "other", "similarity", "community"], rows: rows)
        }
    }

    @Sendable private func heatmap(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let query = try Query(request, "count", "format")
        let count = try query.integer("count", in: 2...200, default: 60)
        let isCSV = try query.wantsCSV()
        let audience = context.audience
        return try await versioned.respond(to: request, for: audience) { (view: GraphView) in
            let partition = view.graph.partition
            let cores = communityCores(
                of: partition, in: view.graph.similarity.graph, count: count, communities: Self.communities)
            let heatmap = Heatmap(
                named: audience.namesUsers, users: audience.names(cores.map { view.ratings.users[$0] }),
                communities: cores.map(view.graph.community),
                similarities: try view.graph.similarities(among: cores, live.configuration))
            return isCSV ? Answer.csv(heatmap.table) : try Answer.json(heatmap)
        }
    }
}

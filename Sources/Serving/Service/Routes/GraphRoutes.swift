import Engine
import FileOutput
import Graphs
import HTTPTypes
import Hummingbird
import LinearAlgebra
import Live
import Neighbors
import Privacy
import Ratings

/// The graph of similar users: whole, as files, and its core, as something to draw.
struct GraphRoutes {
    let live: LiveEngine
    let versioned: Versioned
    let files: GraphFiles

    /// How many communities are drawn.
    private static let communities = 8
    /// How many users a heat map shows at most.
    private static let largest = 200
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
        return try await versioned.stream(to: request, context) { view in
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
            /// nil, with the number of ratings, for others than administrators.
            @Nullable var degree: Int?
            @Nullable var ratings: Int?
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
        return try await versioned.respond(to: request, context) { (view: GraphView) in
            let graph = view.graph.similarity.graph
            let cores = cores(of: view, count: count, context)
            let names = audience.names(cores.map { view.ratings.users[$0] })
            let places = Dictionary(uniqueKeysWithValues: zip(cores, names))
            let nodes = zip(cores, names).map { user, name in
                Core.Node(
                    id: name, community: view.graph.community(of: user),
                    degree: audience.namesUsers ? graph.degree(of: user) : nil,
                    ratings: audience.namesUsers ? view.ratings.byUser.entries(ofRow: user).count : nil)
            }
            let links = Self.strongestLinks(among: cores, in: graph).compactMap { edge in
                places[Int(edge.source)].flatMap { source in
                    places[Int(edge.target)].map { Core.Link(source: source, target: $0, similarity: edge.weight) }
                }
            }
            return try Answer.json(Core(named: audience.namesUsers, nodes: nodes, links: links))
        }
    }

    /// Those of communities that whoever asks may be told of.
    private func cores(of view: GraphView, count: Int, _ context: ServiceContext) -> [Int] {
        let partition = view.graph.partition
        let group = context.limit(live.configuration.smallestGroup)
        let told = partition.toldCommunities(hiding: group)
        return communityCores(
            of: partition, in: view.graph.similarity.graph, count: count, communities: Self.communities
        ).filter { told[Int(partition.labels[$0])] }
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
        let count = try query.integer("count", in: 2...Self.largest, default: 60)
        let isCSV = try query.wantsCSV()
        return try await versioned.respond(to: request, context) { (view: GraphView) in
            let heatmap = try context.isAdministrator ? users(of: view, count, context) : groups(of: view, context)
            return isCSV ? Answer.csv(heatmap.table) : try Answer.json(heatmap)
        }
    }

    private func users(of view: GraphView, _ count: Int, _ context: ServiceContext) throws -> Heatmap {
        let cores = cores(of: view, count: count, context)
        return Heatmap(
            named: true, users: cores.map { view.ratings.users[$0] }, communities: cores.map(view.graph.community),
            similarities: try view.graph.similarities(among: cores, live.configuration))
    }

    /// The same by community: mean similarities of pairs of their cores, where there are enough of each. Whatever count is asked
    /// for, it is of the same users, for the means of one user more would tell of that one.
    private func groups(of view: GraphView, _ context: ServiceContext) throws -> Heatmap {
        let group = live.configuration.smallestGroup
        let all = cores(of: view, count: Self.largest, context)
        let labels = view.graph.partition.labels
        let sizes = all.reduce(into: [:]) { $0[labels[$1], default: 0] += 1 }
        let cores = all.filter { group.allows(sizes[labels[$0], default: 0]) }
        let similarities = try view.graph.similarities(among: cores, live.configuration)
        let found = Array(Set(cores.map { labels[$0] })).sorted()
        let places = found.map { label in cores.indices.filter { labels[cores[$0]] == label } }
        func mean(_ one: [Int], _ other: [Int]) -> Float {
            var (sum, pairs) = (0.0, 0)
            for row in one {
                for column in other where row != column {
                    sum += Double(similarities[row][column])
                    pairs += 1
                }
            }
            return pairs == 0 ? 0 : Float(sum / Double(pairs))
        }
        let numbers = found.map { view.graph.communityNumbers.numbers[Int($0)] }
        return Heatmap(
            named: false, users: numbers.map { "community \($0)" }, communities: numbers,
            similarities: places.map { one in places.map { mean(one, $0) } })
    }
}

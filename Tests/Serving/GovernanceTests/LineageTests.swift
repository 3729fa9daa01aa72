import Foundation
import Governance
import Ratings
import Store
import Testing

struct LineageTests {
    private let sample: CatalogSample

    init() throws { sample = try CatalogSample() }

    /// Two imports, an export after each.
    private func lineage() throws -> Lineage {
        try sample.rate(4, by: 1...7, "sum-one", now: CatalogSample.now)
        try sample.store.record([
            Output(kind: "graph", place: "/out/early", written: CatalogSample.now + 1, holdsPeople: true)
        ])
        try sample.rate(3, by: 8...12, "sum-two", now: CatalogSample.now + 100)
        try sample.store.record([
            Output(
                kind: "graph", place: "/out/late", written: CatalogSample.now + 101, sha256: "abc", holdsPeople: true)
        ])
        return try sample.catalog().lineage
    }

    @Test func `upstream of an export are the files whose ratings it holds`() throws {
        let lineage = try lineage()
        func sums(_ id: String) -> [String] {
            lineage.reached(from: id, .up).filter { $0.kind == .source }.compactMap(\.checksum).sorted()
        }
        #expect(sums("output:/out/early") == ["sum-one"])
        #expect(sums("output:/out/late") == ["sum-one", "sum-two"])
    }

    @Test func `downstream of an import are the exports that hold its ratings`() throws {
        let lineage = try lineage()
        func exports(_ id: String) -> [String] {
            lineage.reached(from: id, .down).filter { $0.kind == .output }.map(\.id)
        }
        #expect(exports("import:1") == ["output:/out/early", "output:/out/late"])
        #expect(exports("import:2") == ["output:/out/late"])
    }

    @Test func `every edge joins two nodes, each node is there once, and both directions agree`() throws {
        let lineage = try lineage()
        let ids = lineage.nodes.map(\.id)
        #expect(Set(ids).count == ids.count)
        for edge in lineage.edges { #expect(ids.contains(edge.from) && ids.contains(edge.to)) }
        for node in ids {
            for other in lineage.reached(from: node, .down) {
                #expect(lineage.reached(from: other.id, .up).contains { $0.id == node })
            }
        }
        #expect(lineage.reached(from: "nowhere", .up).isEmpty)
    }

    @Test func `an output of a run comes from the run`() throws {
        try sample.rate(4, by: 1...7, "sum-one")
        let run = StoredRun(
            kind: "refresh", started: CatalogSample.now + 5, seconds: 1, ratings: 7,
            options: #"{"models":"als,knn","als":"--rank 4"}"#, version: "test",
            metrics: [.init(model: "", metric: "imports", value: 1), .init(model: "als", metric: "rmse", value: 0.9)])
        try sample.store.save(run, RunResult(users: .init([]), items: .init([])))
        try sample.store.record([
            Output(kind: "index", place: "http://es/kindred", written: CatalogSample.now + 6, run: 1, holdsPeople: true)
        ])
        let catalog = try sample.catalog()
        let up = catalog.lineage.reached(from: "output:http://es/kindred", .up).map(\.id)
        #expect(up == ["run:1", "ratings:1", "import:1", "ratings:0", "source:1"])
        let down = catalog.lineage.reached(from: "run:1", .down).map(\.id)
        #expect(Set(down).isSuperset(of: ["model:als", "model:knn", "table:neighbors", "output:http://es/kindred"]))
        let card = try #require(catalog.models.first)
        #expect(card.model == "als" && card.parameters == "--rank 4" && card.metrics.map(\.value) == [0.9])
        #expect(card.markdown.contains("| rmse | 0.9 |") && catalog.models[1].markdown.contains("Not compared."))
    }

    @Test func `the version of the ratings changes with each import`() throws {
        var versions = [try sample.store.ratingsVersion()]
        try sample.rate(4, by: 1...7, "sum-one")
        versions.append(try sample.store.ratingsVersion())
        let lineage = try lineage()
        versions.append(try sample.store.ratingsVersion())
        #expect(versions[0] == "0" && Set(versions).count == 3)
        #expect(lineage.nodes.filter { $0.kind == .ratings }.map(\.version) == versions.map(Optional.some))
    }
}

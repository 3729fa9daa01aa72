import FileOutput
import Foundation
import Platform
import Store

extension Lineage {
    /// The graph of a store.
    ///
    /// Each complete import makes another version of the ratings, number k after k imports. A run has read the version of its time,
    /// and so has an output that shows no run. Ratings that came one by one belong to the version that they came after.
    init(
        of sources: [Catalog.Source], runs: [Run], topics: [String], outputs: [Catalog.Product]
    ) {
        let complete = sources.filter { $0.finished != nil }.sorted {
            ($0.finished ?? 0, $0.number) < ($1.finished ?? 0, $1.number)
        }
        addImports(sources, complete, topics)
        for run in runs {
            let version = run.imports ?? Self.imports(complete, before: run.started)
            add(run, reading: Self.ratings(min(version, complete.count)))
        }
        if let newest = runs.last { addResults(of: newest) }
        addViews(reading: Self.ratings(complete.count))
        for output in outputs {
            let version = Self.imports(complete, before: output.written)
            add(output, from: output.run.map { "run:\($0)" }, or: Self.ratings(version))
        }
        nodes = nodes.enumerated().sorted { ($0.element.kind, $0.offset) < ($1.element.kind, $1.offset) }.map(\.element)
    }

    /// How many imports were complete at a time, which is the number of the version of the ratings.
    static func imports(_ sources: [Catalog.Source], before time: Int64) -> Int {
        sources.count { source in source.finished.map { $0 <= time } ?? false }
    }

    /// What the graph says of a run.
    struct Run {
        let number: Int
        let started: Int64
        let version: String
        let ratings: Int
        /// How many imports it has seen; nil where it does not say.
        let imports: Int?
        let models: [String]
    }

    /// The version of the ratings after some imports: the first digits of the SHA-256 of their checksums; 0 before the first.
    static func version(ofChecksums sums: [String]) -> String {
        sums.isEmpty ? "0" : String(sha256(Data(sums.joined().utf8)).hexadecimal.prefix(12))
    }

    private static func ratings(_ version: Int) -> String { "ratings:\(version)" }

    private mutating func addImports(_ sources: [Catalog.Source], _ complete: [Catalog.Source], _ topics: [String]) {
        for source in sources {
            let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
            add(
                Node(
                    id: "source:\(source.number)", kind: .source, title: name,
                    version: String(source.checksum.prefix(12)), checksum: source.checksum, rows: source.rowsRead))
            add(
                Node(
                    id: "import:\(source.number)", kind: .import, title: "import \(source.number)",
                    version: "\(source.number)", time: source.finished ?? source.started, rows: source.kept))
            connect("source:\(source.number)", "import:\(source.number)", by: "read")
        }
        for version in 0...complete.count {
            add(
                Node(
                    id: Self.ratings(version), kind: .ratings, title: "ratings, version \(version)",
                    version: Self.version(ofChecksums: complete.prefix(version).map(\.checksum)),
                    time: version == 0 ? nil : complete[version - 1].finished))
            if version > 0 {
                connect("import:\(complete[version - 1].number)", Self.ratings(version), by: "cleaned")
                connect(Self.ratings(version - 1), Self.ratings(version), by: "added to")
            }
        }
        for topic in topics {
            add(Node(id: "topic:\(topic)", kind: .topic, title: topic))
            connect("topic:\(topic)", Self.ratings(complete.count), by: "consumed")
        }
    }

    private mutating func add(_ run: Run, reading ratings: String) {
        add(
            Node(
                id: "run:\(run.number)", kind: .run, title: "run \(run.number)", version: run.version,
                time: run.started, rows: run.ratings))
        connect(ratings, "run:\(run.number)", by: "read")
    }

    private mutating func addResults(of run: Run) {
        for model in run.models {
            add(Node(id: "model:\(model)", kind: .model, title: model, version: "\(run.number)", time: run.started))
            connect("run:\(run.number)", "model:\(model)", by: "fitted")
        }
        for table in ["neighbors", "communities", "recommendations"] {
            add(Node(id: "table:\(table)", kind: .table, title: table, version: "\(run.number)", time: run.started))
            connect("run:\(run.number)", "table:\(table)", by: "computed")
        }
        for model in run.models { connect("model:\(model)", "table:recommendations", by: "recommended") }
    }

    private mutating func addViews(reading ratings: String) {
        for view in AnalyticsView.all {
            add(Node(id: "view:\(view.name)", kind: .view, title: view.name))
            connect(ratings, "view:\(view.name)", by: "selected")
        }
    }

    private mutating func add(_ output: Catalog.Product, from run: String?, or ratings: String) {
        let id = "output:\(output.place)"
        let name = output.place.split(separator: "/").last.map(String.init) ?? output.place
        add(
            Node(
                id: id, kind: .output, title: "\(output.kind) \(name)",
                version: output.sha256.map { String($0.prefix(12)) },
                checksum: output.sha256, time: output.written, rows: output.rows))
        let origin = run.flatMap { node($0)?.id } ?? ratings
        connect(origin, id, by: "written")
        if output.kind == "analytics" {
            for view in AnalyticsView.all { connect("view:\(view.name)", id, by: "written") }
        }
    }
}

import Engine
import FileOutput
import GraphFiles
import Ratings

/// The summary of `kindred graph` as a person reads it.
struct GraphReport {
    private static let shownCommunities = 6
    private static let longestName = 60

    private let summary: GraphSummary
    private let folder: String
    private let formats: FormatList

    init(_ summary: GraphSummary, folder: String, formats: FormatList) {
        self.summary = summary
        self.folder = folder
        self.formats = formats
    }

    var text: String {
        ([heading, figures] + communities + [files, next]).joined(separator: "\n\n")
    }

    private var heading: String { "Similar users in \(summary.source)" }

    private var figures: String {
        let scale = summary.ratingScale
        let step = scale.step.map { $0 == 1 ? ", whole" : ", in steps of \($0)" } ?? ""
        let unconnected =
            summary.disconnectedCommunities == 0
            ? (summary.communities == 1 ? "connected" : "each of them connected")
            : "\(summary.disconnectedCommunities) of them not connected"
        var lines = [
            ("users", summary.users.grouped),
            ("items", summary.items.grouped),
            ("ratings", "\(summary.ratings.grouped), from \(scale.minimum) to \(scale.maximum)\(step)"),
            ("edges", "\(summary.edges.grouped), of total weight \(summary.totalWeight.fixed(4))"),
            ("communities", "\(summary.communities.grouped), \(unconnected)"),
            ("modularity", summary.modularity.fixed(4)),
        ]
        if !summary.arithmetic.text.isEmpty { lines.append(("arithmetic", summary.arithmetic.text)) }
        if let stability = summary.stability {
            lines.append(("stability", "\(stability.fixed(3)), the mean NMI over 10 seeds"))
        }
        if summary.isolatedUsers > 0 {
            lines.append(("alone", "\(summary.isolatedUsers.counted("user")) without a neighbor"))
        }
        if summary.duplicateRatings > 0 {
            let fate =
                switch DuplicatePolicy(rawValue: summary.options.duplicates) {
                case .mean, .sum, .count: "went into the \(summary.options.duplicates) with another"
                case .last, .first, .error, nil: "replaced by another of the same user and item"
                }
            lines.append(("duplicates", "\(summary.duplicateRatings.counted("rating")) \(fate)"))
        }
        if summary.rejectedRows > 0 {
            lines.append(
                ("rejected", "\(summary.rejectedRows.counted("row")), listed in \(folder)/rejected.csv"))
        }
        return lines.map { "  \(padded($0.0, 12)) \($0.1)" }.joined(separator: "\n")
    }

    private var communities: [String] {
        let shown = summary.profiles.filter { $0.size > 1 }.prefix(Self.shownCommunities)
        let rest = summary.communities - shown.count
        let blocks = shown.map(block)
        return rest > 0 && !shown.isEmpty
            ? blocks + ["  … and \(rest.grouped) more, in \(folder)/communities.csv"] : blocks
    }

    private func block(_ profile: GraphSummary.Profile) -> String {
        let share = (100 * Double(profile.size) / Double(summary.users)).fixed(0)
        var lines = [
            "  Community \(profile.community): \(profile.size.grouped) users (\(share) %), mean rating "
                + "\(profile.meanRating.fixed(2)), \((100 * profile.conductance).fixed(0)) % of its weight leaves it"
        ]
        func add(_ name: String, _ distinctions: some Sequence<GraphSummary.Distinction>) {
            let text = distinctions.map { "\($0.name.visible(widest: Self.longestName)) (\($0.lift.fixed(1))×)" }
            if !text.isEmpty { lines.append("    \(padded(name, 6)) \(text.joined(separator: ", "))") }
        }
        add("likes", profile.topItems.prefix(4))
        add("genres", profile.topGenres)
        add("people", profile.topAttributes)
        return lines.joined(separator: "\n")
    }

    private var files: String {
        let seconds = summary.seconds
        let stages = [
            ("reading", seconds.read), ("similarity", seconds.similarity), ("graph", seconds.graph),
            ("communities", seconds.communities), ("profiles", seconds.profiles), ("writing", seconds.write),
        ].map { "\($0.0) \($0.1.fixed(2))" }.joined(separator: ", ")
        let memory = (Double(summary.peakMemoryBytes) / 1e6).fixed(0)
        var lines = [
            "  Written to \(folder) in \(seconds.total.fixed(2)) s (\(stages)), in \(memory) MB of memory"
        ]
        for format in formats.formats {
            let (name, use) =
                switch format {
                case .csv: ("*.csv", "users, edges and communities, for a spreadsheet or pandas.read_csv")
                case .graphML:
                    (
                        "graph.graphml",
                        "Gephi: File › Open, then color by community; igraph: Graph.Read_GraphML; networkx: read_graphml"
                    )
                case .gexf: ("graph.gexf", "Gephi: File › Open")
                case .npy: ("*.npy", "numpy.load")
                case .gephi:
                    ("gephi/*.csv", "Gephi: File › Import spreadsheet, nodes.csv first, then edges.csv appended")
                case .neo4j: ("neo4j/*.csv", "neo4j-admin database import full --nodes=… --relationships=…")
                case .matrixMarket: ("graph.mtx", "scipy.io.mmread; row i is the user in line i of users.csv")
                }
            lines.append("    \(padded(name, 14)) \(use)")
        }
        return lines.joined(separator: "\n")
    }

    private var next: String {
        "  In a notebook: script/notebooks \(folder) draws the graph, the similarity heat map and the distributions."
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

import ArgumentParser
import Engine
import FileOutput
import Foundation
import GraphFiles
import LinearAlgebra
import Neighbors
import Platform
import RatingFiles
import Ratings

#if Serving
    import Governance
#endif

struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Compute the graph of similar users and its communities.",
        discussion: """
            Compares every pair of users, exactly. Each user keeps the k nearest others; edges of the graph are these \
            links, and its communities are groups of users who are more similar to each other than by chance.

            WRITES
              users.csv        user_id, ratings, mean_rating, degree, …, community
              edges.csv        source, target, similarity, support
              communities.csv  community, size, internal_weight, conductance, …
              graph.graphml    the graph for Gephi, igraph, networkx and yEd
              summary.json     figures, options, seconds by stage, peak memory
            On request: graph.gexf, *.npy, gephi/ (nodes.csv and edges.csv to import), neo4j/ (nodes.csv and \
            relationships.csv for neo4j-admin), graph.mtx (Matrix Market) and rejected.csv.
            The support of an edge is the number of items that both users rated.

            EXAMPLES
              kindred graph ml-100k --output out
              kindred graph r.csv --output out --measure centered --shrinkage 25
              kindred graph r.csv --output out --columns reviewer,asin,overall
            """)

    @OptionGroup(title: "Source") var source: SourceOptions

    @Option(
        help: ArgumentHelp("Folder to write to; created if missing, other files in it are kept.", valueName: "folder")
    )
    var output: String

    @Option(help: ArgumentHelp("k: neighbors per user, at most; \(OptionRange.neighbors.words).", valueName: "k"))
    var neighbors = 50

    @OptionGroup(title: "Similarity") var similarity: SimilarityOptions

    @Option(help: "Join two users if either keeps the other (union), or only if both do (mutual).")
    var combine = Combination.union

    @Option(help: "Algorithm: leiden, louvain, labels (label propagation) or none.")
    var communities = GraphConfiguration.Communities.leiden

    @Option(
        help: ArgumentHelp(
            "γ of modularity, \(OptionRange.resolution.words); above 1 for smaller communities, below for larger.",
            valueName: "γ"))
    var resolution = 1.0

    @Option(
        help: ArgumentHelp(
            "Maximum number of restarts of leiden or louvain, \(OptionRange.restarts.words); the best partition is kept. (default: 20, fewer from 100,000 edges)",
            valueName: "n"))
    var starts: Int?

    @Option(help: ArgumentHelp("Seed of all random choices.", valueName: "n"))
    var seed: UInt64 = 1

    @Flag(help: "Repeat community detection with 10 seeds and report how well they agree (mean NMI).")
    var stability = false

    @Option(
        help: ArgumentHelp(
            "Comma-separated formats: \(GraphFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "formats"))
    var format = FormatList()

    @Option(
        help: ArgumentHelp(
            "Memory limit for ratings and neighbors, such as 800MB or 1.5GB, \(ByteCount.range): tiles shrink to fit, or the run is refused.",
            valueName: "bytes"))
    var memoryLimit: ByteCount?

    @OptionGroup var pseudonyms: PseudonymOptions

    @OptionGroup var spreadsheet: SpreadsheetOptions

    #if Serving
        @OptionGroup var lineage: LineageOptions
    #endif

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        do { try engineConfiguration(resident: 0).validate() } catch { throw ValidationError("\(error)") }
    }

    func run() throws {
        #if Serving
            let names = ["users.csv", "edges.csv", "communities.csv"]
            let job = LineageJob(
                "graph", "Compute the graph of similar users.", version: Version.kindred,
                inputs: lineage.input(source.source, source.reading.file),
                outputs: names.map { .written($0, in: output) })
            try lineage.telling(job) { _ in try compute() }
        #else
            try compute()
        #endif
    }

    private func compute() throws {
        let begin = ContinuousClock.now
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let output = try OutputFolder(output, isSpreadsheetSafe: spreadsheet.spreadsheetSafe)
        Interruption.onInterrupt { output.discard() }
        defer { output.discard() }

        let dataset = try pseudonyms.applied(
            to: Dataset(source, isExported: true, threads: runtime.threadCount, progress: progress))
        let readSeconds = begin.secondsSince
        let resident = ProcessMemory.residentBytes
        let engine = try GraphEngine(engineConfiguration(resident: resident))
        let memoryEstimate = resident + (try engine.memoryEstimate(for: dataset.ratings))
        let snapshot = try engine.snapshot(
            of: dataset, progress: report(to: progress, users: dataset.ratings.users.count))

        progress.begin("writing")
        let writeBegin = ContinuousClock.now
        let export = GraphExport(snapshot, threads: runtime.threadCount)
        try export.write(format.formats, to: output)
        if source.reading.onBadRow == .skip {
            try output.write("rejected.csv") { writer throws(OutputError) in
                try writeRejected(dataset.rejected, to: &writer)
            }
        }
        let summary = GraphSummary(
            of: snapshot, options: options,
            seconds: GraphSummary.Seconds(
                snapshot.seconds, read: readSeconds, write: writeBegin.secondsSince, total: begin.secondsSince),
            peakMemoryBytes: ProcessMemory.peakBytes, memoryEstimateBytes: memoryEstimate,
            arithmetic: Arithmetic(.current), exportNotes: export.notes(on: format.formats))
        let json = try summary.json
        try output.write("summary.json") { writer throws(OutputError) in try writer.write(json) }
        try output.commit()
        OutputLedger(source: source.source, isQuiet: runtime.quiet).record(
            "graph", output.files, anonymous: ["communities.csv", "summary.json"])
        progress.end()
        show(summary, json, notes: snapshot.notes + export.notes(on: format.formats))
    }

    private func show(_ summary: GraphSummary, _ json: String, notes: [String]) {
        if !runtime.quiet { notes.forEach { Console.message("note: \($0)") } }
        if runtime.json {
            Console.result(json: json)
        } else if !runtime.quiet {
            Console.result(GraphReport(summary, folder: output, formats: format).text)
        }
    }

    private var options: GraphSummary.Options {
        var options = GraphSummary.Options()
        options.neighbors = neighbors
        options.measure = similarity.measure.rawValue
        options.norms = similarity.norms.rawValue
        options.minSupport = similarity.minSupport
        options.minSimilarity = similarity.minSimilarity
        options.shrinkage = similarity.shrinkage
        options.products = similarity.arithmetic.products.rawValue
        options.itemWeights = similarity.itemWeights.rawValue
        options.combine = combine.rawValue
        options.communities = communities.rawValue
        options.resolution = resolution
        options.starts = starts
        options.seed = seed
        options.onBadRow = source.reading.onBadRow.rawValue
        options.duplicates = (source.reading.duplicates ?? .last).rawValue
        options.format = format.description
        options.spreadsheetSafe = spreadsheet.spreadsheetSafe
        options.threads = runtime.threadCount
        options.memoryLimit = memoryLimit?.bytes
        return options
    }

    /// - Parameter resident: the bytes that the ratings and the program already take.
    private func engineConfiguration(resident: Int) -> GraphConfiguration {
        var configuration = GraphConfiguration()
        configuration.similarity = similarity.configuration(neighbors: neighbors)
        configuration.combination = combine
        configuration.communities = communities
        configuration.resolution = resolution
        configuration.starts = starts
        configuration.seed = seed
        configuration.products = similarity.arithmetic.products
        configuration.stabilitySeeds = stability ? 9 : 0
        configuration.threads = runtime.threadCount
        configuration.memoryLimit = memoryLimit.map { max(0, $0.bytes - resident) }
        return configuration
    }

    private func report(to progress: ProgressLine, users: Int) -> GraphEngine.Progress {
        { stage, share in
            switch stage {
            case .similarity where share == 0:
                progress.begin("similarity", total: Double(users) * Double(users) / 2, unit: "pairs")
            case .similarity: progress.update(share)
            case .graph: progress.begin("graph")
            case .communities: progress.begin("communities")
            case .profiles: progress.begin("profiles")
            }
        }
    }
}

extension GraphConfiguration.Communities: ExpressibleByArgument {}

extension ContinuousClock.Instant {
    /// Seconds from this instant to now.
    var secondsSince: Double { (ContinuousClock.now - self) / .seconds(1) }
}

import ArgumentParser
import Engine
import FileOutput
import Foundation
import GraphFiles
import LinearAlgebra
import ModelFiles
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
              kindred graph --neighbors-from cluster --output out
            """)

    @Argument(help: SourceOptions.help)
    var source: String?

    @OptionGroup(title: "Source") var reading: ReadingOptions

    @Option(
        help: ArgumentHelp("Folder to write to; created if missing, other files in it are kept.", valueName: "folder")
    )
    var output: String

    @Option(
        help: ArgumentHelp(
            "Go on from neighbors that a cluster computed, in the folder that kindred_spark.py graph wrote.",
            discussion: """
                The folder says how they were chosen. Where it has the ratings too, a source is not needed; a source brings \
                titles and attributes, and has to have the same ratings.
                """,
            valueName: "folder"))
    var neighborsFrom: String?

    @Option(
        help: ArgumentHelp(
            "k: neighbors per user, at most; \(OptionRange.neighbors.words). (default: 50)", valueName: "k"))
    var neighbors: Int?

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
        if source == nil, neighborsFrom == nil { throw ValidationError("name a source, or --neighbors-from") }
        if let neighborsFrom {
            let typed =
                (neighbors == nil ? [] : ["--neighbors"]) + similarity.typed
                + (memoryLimit == nil ? [] : ["--memory-limit"])
                + (pseudonyms.pseudonymKey == nil ? [] : ["--pseudonym-key"])
            guard typed.isEmpty else {
                throw ValidationError(
                    "the neighbors in \(neighborsFrom) were chosen when they were computed; leave out "
                        + typed.joined(separator: ", "))
            }
        }
        do { try engineConfiguration(resident: 0).validate() } catch { throw ValidationError("\(error)") }
    }

    func run() throws {
        #if Serving
            let names = ["users.csv", "edges.csv", "communities.csv"]
            let job = LineageJob(
                "graph", "Compute the graph of similar users.", version: Version.kindred,
                inputs: (source.map { lineage.input($0, reading.file) } ?? [])
                    + [neighborsFrom].compactMap { $0 }.map { LineageDataset(file: $0) },
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

        let (dataset, found) = try read(progress)
        let readSeconds = begin.secondsSince
        let resident = ProcessMemory.residentBytes
        let engine = try GraphEngine(engineConfiguration(resident: resident))
        let memoryEstimate = resident + (found == nil ? try engine.memoryEstimate(for: dataset.ratings) : 0)
        let stages = report(to: progress, users: dataset.ratings.users.count)
        let snapshot =
            try found.map { try engine.snapshot(of: dataset, neighbors: $0.neighbors, progress: stages) }
            ?? engine.snapshot(of: dataset, progress: stages)

        progress.begin("writing")
        let writeBegin = ContinuousClock.now
        let export = GraphExport(snapshot, threads: runtime.threadCount)
        try export.write(format.formats, to: output)
        if reading.onBadRow == .skip {
            try output.write("rejected.csv") { writer throws(OutputError) in
                try writeRejected(dataset.rejected, to: &writer)
            }
        }
        let summary = GraphSummary(
            of: snapshot, options: options(found?.configuration ?? engine.configuration.similarity),
            seconds: GraphSummary.Seconds(
                snapshot.seconds, read: readSeconds, write: writeBegin.secondsSince, total: begin.secondsSince),
            peakMemoryBytes: ProcessMemory.peakBytes, memoryEstimateBytes: memoryEstimate,
            arithmetic: Arithmetic(.current), exportNotes: export.notes(on: format.formats))
        let json = try summary.json
        try output.write("summary.json") { writer throws(OutputError) in try writer.write(json) }
        try output.commit()
        if let source {
            OutputLedger(source: source, isQuiet: runtime.quiet).record(
                "graph", output.files, anonymous: ["communities.csv", "summary.json"])
        }
        progress.end()
        show(summary, json, notes: snapshot.notes + export.notes(on: format.formats))
    }

    /// The ratings, and the neighbors where they were computed before.
    private func read(_ progress: ProgressLine) throws -> (Dataset, NeighborFolder?) {
        if source == nil, let neighborsFrom {
            try reading.requireNone(for: neighborsFrom, kind: "a folder of neighbors")
        }
        let dataset = try source.map {
            try pseudonyms.applied(
                to: Dataset($0, reading, isExported: true, threads: runtime.threadCount, progress: progress))
        }
        guard let neighborsFrom else {
            guard let dataset else { throw ValidationError("name a source, or --neighbors-from") }
            return (dataset, nil)
        }
        progress.begin("reading")
        let folder = try NeighborFolder(neighborsFrom)
        progress.end()
        if let dataset {
            try folder.require(dataset.ratings, from: source ?? neighborsFrom)
            return (dataset, folder)
        }
        guard let ratings = folder.ratings else {
            throw InputError(
                file: neighborsFrom, problem: "the folder has neighbors, but not the ratings that profiles need",
                remedy: "Name the ratings too: kindred graph SOURCE --neighbors-from \(neighborsFrom).")
        }
        return (Dataset(ratings: ratings, source: neighborsFrom), folder)
    }

    private func show(_ summary: GraphSummary, _ json: String, notes: [String]) {
        if !runtime.quiet { notes.forEach { Console.message("note: \($0)") } }
        if runtime.json {
            Console.result(json: json)
        } else if !runtime.quiet {
            Console.result(GraphReport(summary, folder: output, formats: format).text)
        }
    }

    /// - Parameter chosen: what the neighbors were chosen by.
    private func options(_ chosen: SimilarityConfiguration) -> GraphSummary.Options {
        var options = GraphSummary.Options()
        options.neighbors = chosen.neighbors
        options.measure = chosen.measure.rawValue
        options.norms = chosen.norms.rawValue
        options.minSupport = chosen.minSupport
        options.minSimilarity = chosen.minSimilarity
        options.shrinkage = chosen.shrinkage
        options.products = similarity.arithmetic.products.rawValue
        options.itemWeights = chosen.itemWeights.rawValue
        options.combine = combine.rawValue
        options.communities = communities.rawValue
        options.resolution = resolution
        options.starts = starts
        options.seed = seed
        options.onBadRow = reading.onBadRow.rawValue
        options.duplicates = (reading.duplicates ?? .last).rawValue
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

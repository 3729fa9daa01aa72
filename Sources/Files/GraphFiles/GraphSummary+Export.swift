public import Engine
import FileOutput
import Graphs
import LinearAlgebra
import Neighbors
import Ratings

extension GraphSummary {
    /// The number of communities to profile.
    private static let profileCount = 10

    /// - Parameters:
    ///   - peakMemoryBytes: that of the whole run.
    ///   - memoryEstimateBytes: the estimate before similarities were computed.
    ///   - exportNotes: what the formats written do not hold.
    public init(
        of snapshot: Snapshot, options: Options, seconds: Seconds, peakMemoryBytes: Int, memoryEstimateBytes: Int,
        arithmetic: Arithmetic, exportNotes: [String] = []
    ) {
        let (dataset, graph) = (snapshot.dataset, snapshot.graph)
        let scale = RatingScale(of: dataset.ratings)
        self.init(
            source: dataset.source, columns: dataset.reading?.namesByRole, layout: dataset.reading?.layout,
            encoding: dataset.reading?.encoding, rows: dataset.reading?.rows, users: dataset.ratings.users.count,
            items: dataset.ratings.items.count,
            ratings: dataset.ratings.count,
            ratingScale: Scale(minimum: scale?.minimum ?? 0, maximum: scale?.maximum ?? 0, step: scale?.step),
            duplicateRatings: dataset.duplicateCount, rejectedRows: dataset.rejected.count, edges: graph.edgeCount,
            isolatedUsers: (0..<graph.vertexCount).count { graph.degree(of: $0) == 0 },
            totalWeight: graph.totalWeight, modularity: snapshot.modularity,
            communities: snapshot.partition.communityCount,
            disconnectedCommunities: snapshot.disconnectedCommunities, stability: snapshot.stability,
            profiles: snapshot.profiles.prefix(Self.profileCount).enumerated()
                .map { Profile($0.element, number: $0.offset, of: dataset) },
            options: options, seconds: seconds, peakMemoryBytes: peakMemoryBytes,
            memoryEstimateBytes: memoryEstimateBytes, arithmetic: arithmetic,
            notes: dataset.notes.map(\.text) + snapshot.notes + exportNotes,
            version: Version.kindred)
    }
}

extension GraphSummary.Profile {
    fileprivate init(_ profile: CommunityProfile, number: Int, of dataset: Dataset) {
        self.init(
            community: number, size: profile.statistics.size,
            internalWeight: profile.statistics.internalWeight,
            conductance: profile.statistics.conductance, meanRating: profile.meanRating,
            topItems: profile.topItems.map {
                GraphSummary.Distinction(dataset.title(of: $0.index), $0.lift)
            },
            topGenres: profile.topGenres.map {
                GraphSummary.Distinction(dataset.items.genreNames[$0.index], $0.lift)
            },
            topAttributes: profile.topAttributes.map {
                GraphSummary.Distinction("\($0.attribute): \($0.value)", $0.lift)
            })
    }
}

extension GraphSummary.Distinction {
    fileprivate init(_ name: String, _ lift: Lift) {
        self.init(name: name, lift: lift.value, count: lift.inside)
    }
}

import Graphs
import LinearAlgebra
import Neighbors
import Ratings

extension GraphSummary {
    /// How many communities are profiled.
    private static let profileCount = 10

    /// The summary of an export; what only the run knows is left for it to fill in.
    public init(of export: GraphExport, source: String, read: RatingsReader.Result, version: String) {
        let graph = export.graph
        let scale = RatingScale(of: export.ratings)
        self.init(
            source: source, users: export.ratings.users.count, items: export.ratings.items.count,
            ratings: export.ratings.count,
            ratingScale: Scale(
                minimum: scale?.minimum ?? 0, maximum: scale?.maximum ?? 0, step: scale?.step),
            duplicateRatings: read.duplicateCount, rejectedRows: read.rejected.count,
            edges: graph.edgeCount,
            isolatedUsers: (0..<graph.vertexCount).count { graph.degree(of: $0) == 0 },
            totalWeight: graph.totalWeight, modularity: 0,
            communities: export.partition.communityCount, disconnectedCommunities: 0,
            stability: nil,
            profiles: export.profiles.prefix(Self.profileCount).enumerated()
                .map { Profile($0.element, number: $0.offset, of: export) },
            options: Options(), seconds: Seconds(), peakMemoryBytes: 0, memoryEstimateBytes: 0,
            arithmetic: Arithmetic(OperationCounts()), notes: read.notes,
            version: version)
    }
}

extension GraphSummary.Profile {
    fileprivate init(_ profile: CommunityProfile, number: Int, of export: GraphExport) {
        self.init(
            community: number, size: profile.statistics.size,
            internalWeight: profile.statistics.internalWeight,
            conductance: profile.statistics.conductance, meanRating: profile.meanRating,
            topItems: profile.topItems.map {
                GraphSummary.Distinction(export.title(of: $0.index), $0.lift)
            },
            topGenres: profile.topGenres.map {
                GraphSummary.Distinction(export.items.genreNames[$0.index], $0.lift)
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

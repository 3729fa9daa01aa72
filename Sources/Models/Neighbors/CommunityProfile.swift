public import Graphs
import LinearAlgebra
public import Ratings

/// What distinguishes a community of users from all other users.
///
/// A user *likes* an item that they rated at or above the mean of their own ratings.
public struct CommunityProfile: Sendable {
    /// The statistics of the community in its graph.
    public let statistics: CommunityStatistics
    /// The mean of all ratings by members.
    public let meanRating: Double
    /// Items that members like more often than others do, by lift over users; at most 10.
    ///
    /// At least max(3, 5 % of the members) must like an item.
    public let topItems: [Distinction]
    /// Genres that take a larger share of the members' likes than of others', by lift over likes; at most 3.
    public let topGenres: [Distinction]
    /// Attribute values more common among members, by lift over users; at most 3 in total.
    public let topAttributes: [AttributeDistinction]

    /// An attribute value that distinguishes a community.
    public struct AttributeDistinction: Sendable {
        /// The name of the attribute.
        public let attribute: String
        /// The value.
        public let value: String
        /// How much more common the value is among members.
        public let lift: Lift
    }

    /// The profiles of all communities, in partition order.
    ///
    /// - Complexity: O(ratings + communities · items) time, O(communities · genres + threads · items) memory.
    public static func profiles(
        of partition: Partition, in graph: Graph, dataset: Dataset, threads: Int
    ) -> [CommunityProfile] {
        let (ratings, items) = (dataset.ratings, dataset.items)
        let likes = Likes(ratings, genres: items.genres, genreCount: items.genreNames.count, threads: threads)
        let statistics = communityStatistics(of: partition, in: graph)
        let groups = partition.members
        return Parallel.map(groups.count, threads: threads) { community in
            let members = groups[community]
            // Two users are too few to compare, and a community of all users has no others to compare with.
            let isGroup = members.count >= 3 && members.count < ratings.users.count
            let itemLikes = isGroup ? likes.itemLikes(of: members) : nil
            return CommunityProfile(
                statistics: statistics[community], meanRating: likes.meanRating(of: members),
                topItems: itemLikes.map { likes.topItems($0, memberCount: members.count) } ?? [],
                topGenres: itemLikes.map(likes.topGenres) ?? [],
                topAttributes: isGroup ? topAttributes(of: members, dataset.users) : [])
        }
    }

    private static func topAttributes(
        of members: [Int], _ users: UserCatalog
    ) -> [AttributeDistinction] {
        let found = users.attributes.flatMap { attribute in
            let inside = counts(members.map { attribute.values[$0] })
            let total = counts(attribute.values)
            let outsideCount = attribute.values.count - members.count
            return inside.compactMap { value, count -> AttributeDistinction? in
                let lift = Lift(
                    inside: count, of: members.count,
                    outside: total[value, default: 0] - count, of: outsideCount)
                guard lift.value > 1, count >= minimumInside(members.count) else { return nil }
                return AttributeDistinction(attribute: attribute.name, value: value, lift: lift)
            }
        }
        return Array(
            found.sorted {
                ($1.lift.value, $0.attribute, $0.value) < ($0.lift.value, $1.attribute, $1.value)
            }.prefix(3))
    }

    private static func counts(_ values: [String?]) -> [String: Int] {
        values.reduce(into: [:]) { counts, value in
            if let value { counts[value, default: 0] += 1 }
        }
    }

    static func minimumInside(_ size: Int) -> Int { max(3, (size + 19) / 20) }
}

/// The likes of all users.
private struct Likes {
    let ratings: RatingMatrix
    let genres: [[Int]]
    let means: [Double]
    let itemTotals: [Int]
    let genreTotals: [Int]

    init(_ ratings: RatingMatrix, genres: [[Int]], genreCount: Int, threads: Int) {
        self.ratings = ratings
        self.genres = genres
        let means = ratings.userMeans
        let userCount = ratings.users.count
        let parts = Parallel.map(threads, threads: threads) { part in
            Self.itemLikes(of: userCount * part / threads..<userCount * (part + 1) / threads, ratings, means)
        }
        itemTotals = parts[0].indices.map { item in parts.reduce(0) { $0 + $1[item] } }
        self.means = means
        genreTotals = Self.byGenre(itemTotals, genres, genreCount)
    }

    func meanRating(of members: [Int]) -> Double {
        var sum = 0.0
        var count = 0
        for user in members {
            let row = ratings.byUser.entries(ofRow: user)
            sum += means[user] * Double(row.count)
            count += row.count
        }
        return count == 0 ? 0 : sum / Double(count)
    }

    func topItems(_ inside: [Int], memberCount: Int) -> [Distinction] {
        let outsideCount = ratings.users.count - memberCount
        let lifts = inside.indices.map { item in
            Lift(
                inside: inside[item], of: memberCount,
                outside: itemTotals[item] - inside[item], of: outsideCount)
        }
        return Distinction.strongest(
            lifts, count: 10, minimumInside: CommunityProfile.minimumInside(memberCount))
    }

    func topGenres(_ itemLikes: [Int]) -> [Distinction] {
        let inside = Self.byGenre(itemLikes, genres, genreTotals.count)
        let insideCount = itemLikes.reduce(0, +)
        let outsideCount = itemTotals.reduce(0, +) - insideCount
        let lifts = inside.indices.map { genre in
            Lift(
                inside: inside[genre], of: insideCount,
                outside: genreTotals[genre] - inside[genre], of: outsideCount)
        }
        return Distinction.strongest(
            lifts, count: 3, minimumInside: CommunityProfile.minimumInside(insideCount))
    }

    /// The number of members who like each item.
    func itemLikes(of members: [Int]) -> [Int] { Self.itemLikes(of: members, ratings, means) }

    private static func itemLikes(
        of members: some Sequence<Int>, _ ratings: RatingMatrix, _ means: [Double]
    ) -> [Int] {
        var likes = [Int](repeating: 0, count: ratings.items.count)
        for user in members {
            for (item, rating) in ratings.ratings(ofUser: user)
            where Double(rating) >= means[user] { likes[Int(item)] += 1 }
        }
        return likes
    }

    private static func byGenre(_ itemLikes: [Int], _ genres: [[Int]], _ genreCount: Int) -> [Int] {
        var totals = [Int](repeating: 0, count: genreCount)
        for (item, likes) in itemLikes.enumerated() {
            for genre in genres[item] { totals[genre] += likes }
        }
        return totals
    }
}

import LinearAlgebra
import Neighbors
import Ratings
import TestSupport
import Testing

struct GuestNeighborsTests {
    private let ratings = RatingMatrix.random(users: 70, items: 40, density: 0.3, seed: 6)

    /// All of the measures but biases, which a guest's are not part of.
    private static let configurations: [SimilarityConfiguration] = {
        var (plain, centered, weighted) = (
            SimilarityConfiguration(), SimilarityConfiguration(), SimilarityConfiguration()
        )
        centered.measure = .centered
        centered.norms = .shared
        centered.minSupport = 3
        weighted.itemWeights = .bm25
        weighted.shrinkage = 5
        weighted.minSimilarity = 0.1
        return [plain, centered, weighted].map {
            var configuration = $0
            configuration.neighbors = 9
            return configuration
        }
    }()

    /// Their list without the user, who is the nearest.
    @Test(arguments: configurations, [1, 3])
    func `a guest with the ratings of a user has their neighbors`(
        _ configuration: SimilarityConfiguration, _ threads: Int
    ) throws {
        let table = try AllPairs(configuration, threads: 1).neighbors(in: ratings)
        let search = try GuestNeighbors(of: ratings, configuration, threads: threads)
        let guests = (0..<70).map(ratings.userRatings)
        let found = try search.nearest(10, of: guests, threads: threads)
        var hosts = 0
        for user in 0..<70 {
            let others = found.neighbors(of: user).filter { $0.user != Int32(user) }
            #expect(Array(others.prefix(9)) == table.neighbors(of: user))
            hosts += found.neighbors(of: user).first?.user == Int32(user) ? 1 : 0
        }
        #expect(hosts > 40)
    }

    /// They are as they would be among the users, which they are not.
    @Test(arguments: ["cosine", "centered"])
    func `guests are compared as if they were there`(_ measure: String) throws {
        var configuration = SimilarityConfiguration()
        configuration.measure = .init(rawValue: measure) ?? .cosine
        configuration.neighbors = 69
        let rows = (0..<70).map { ratings.ratings(ofUser: $0).map { (item: Int($0), rating: $1) } }
        let search = try GuestNeighbors(
            of: RatingMatrix(rows: Array(rows[..<60]), itemCount: 40), configuration, threads: 1)
        let found = try search.nearest(69, of: (60..<70).map(ratings.userRatings), threads: 1)
        let together = try AllPairs(configuration, threads: 1).neighbors(in: ratings)
        var count = 0
        for guest in 60..<70 {
            let others = together.neighbors(of: guest).filter { $0.user < 60 }
            #expect(found.neighbors(of: guest - 60) == others)
            count += others.count
        }
        #expect(count > 100)
    }

    @Test func `a guest without ratings has no neighbors`() throws {
        let search = try GuestNeighbors(of: ratings, SimilarityConfiguration(), threads: 1)
        let found = try search.nearest(5, of: [UserRatings([])], threads: 2)
        #expect(found.userCount == 1 && found.neighbors.isEmpty)
        #expect(try search.nearest(5, of: [], threads: 2).userCount == 0)
    }
}

import Neighbors
import RatingFiles
import Ratings
import TestSupport
import Testing

/// The table of MovieLens 100K against each user's row alone, which merges the ratings of two users in `Double`.
@Suite(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
struct NeighborTableTests {
    private static let configurations: [SimilarityConfiguration] = {
        let all: [(SimilarityConfiguration.Measure, SimilarityConfiguration.ItemWeights)] = [
            (.cosine, .none), (.centered, .none), (.baseline, .none), (.cosine, .idf), (.cosine, .bm25),
        ]
        return all.map { measure, weights in
            var configuration = SimilarityConfiguration()
            (configuration.measure, configuration.itemWeights) = (measure, weights)
            return configuration
        }
    }()

    @Test(arguments: configurations)
    func `every row has the bits of the slow reference`(_ configuration: SimilarityConfiguration) throws {
        let ratings = try RatingsReader().read("\(movieLens100K ?? "")/u.data").ratings
        let allPairs = try AllPairs(configuration, threads: 2)
        let table = try allPairs.neighbors(in: ratings)
        for user in 0..<ratings.users.count {
            #expect(table.neighbors(of: user) == allPairs.neighbors(of: user, in: ratings))
        }
    }
}

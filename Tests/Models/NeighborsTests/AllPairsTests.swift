import LinearAlgebra
import Neighbors
import Ratings
import TestSupport
import Testing

struct AllPairsTests {
    static let configurations: [SimilarityConfiguration] = {
        var all: [SimilarityConfiguration] = []
        for measure in SimilarityConfiguration.Measure.allCases {
            for norms in SimilarityConfiguration.Norms.allCases {
                for weights in SimilarityConfiguration.ItemWeights.allCases {
                    for (minSupport, shrinkage, minSimilarity) in [
                        (1, 0.0, Float(0)), (3, 0, 0.2), (1, 25, 0), (2, 5, 0.1),
                    ] {
                        var one = SimilarityConfiguration()
                        one.measure = measure
                        one.norms = norms
                        one.itemWeights = weights
                        one.minSupport = minSupport
                        one.shrinkage = shrinkage
                        one.minSimilarity = minSimilarity
                        one.neighbors = 7
                        all.append(one)
                    }
                }
            }
        }
        return all
    }()

    private func table(
        _ ratings: RatingMatrix, _ configuration: SimilarityConfiguration, products: Products = .auto, threads: Int = 2
    ) throws -> NeighborTable {
        try AllPairs(configuration, products: products, threads: threads).neighbors(in: ratings)
    }

    /// Where neighbors tie, or differ by rounding, either may appear.
    @Test(arguments: configurations)
    func `table equals the double loop for every measure and option`(_ configuration: SimilarityConfiguration) throws {
        for seed in 1...3 {
            let ratings = RatingMatrix.random(users: 40, items: 25, density: 0.3, seed: UInt64(seed))
            try compare(ratings, configuration)
        }
    }

    /// Ratings without exact binary sums, and catalogues wider than one panel.
    @Test func `table equals the double loop on inexact ratings and wide catalogues`() throws {
        var configuration = SimilarityConfiguration()
        configuration.neighbors = 5
        try compare(.random(users: 30, items: 1100, density: 0.05, step: 0.1, seed: 1), configuration)
        configuration.norms = .shared
        configuration.minSupport = 2
        try compare(.random(users: 30, items: 1100, density: 0.05, seed: 2), configuration)
    }

    /// Users with fewer ratings than a bit set has words: support is counted by look-up.
    @Test func `table equals the double loop on sparse ratings`() throws {
        var configuration = SimilarityConfiguration()
        configuration.neighbors = 5
        try compare(.random(users: 150, items: 2000, density: 0.008, seed: 3), configuration)
    }

    /// More users than one tile holds.
    @Test func `table equals the double loop across several tiles`() throws {
        var configuration = SimilarityConfiguration()
        configuration.neighbors = 3
        configuration.minSupport = 2
        try compare(.random(users: 1100, items: 20, density: 0.3, seed: 5), configuration)
    }

    private func compare(_ ratings: RatingMatrix, _ configuration: SimilarityConfiguration) throws {
        let reference = SimilarityReference(ratings, configuration)
        let table = try table(ratings, configuration)
        for user in 0..<ratings.users.count {
            let found = table.neighbors(of: user)
            let candidates = (0..<ratings.users.count).filter { $0 != user }
                .map { reference.similarity(user, $0).value }
                .filter { $0 > 1e-9 && $0 >= Double(configuration.minSimilarity) - 1e-7 }
                .sorted(by: >)
            let floor = candidates.count > found.count ? candidates[found.count] : 0
            let atLimit = candidates.count { abs($0 - Double(configuration.minSimilarity)) < 1e-6 }
            #expect(found.count <= configuration.neighbors)
            #expect(found.count >= min(configuration.neighbors, candidates.count) - atLimit)
            for (rank, neighbor) in found.enumerated() {
                let (value, support) = reference.similarity(user, Int(neighbor.user))
                #expect(abs(Double(neighbor.similarity) - value) < 1e-6)
                #expect(Int(neighbor.support) == support)
                #expect(value >= floor - 1e-6)
                #expect(neighbor.user != user)
                if rank > 0 {
                    let before = found[rank - 1]
                    #expect(
                        before.similarity > neighbor.similarity
                            || (before.similarity == neighbor.similarity && before.user < neighbor.user))
                }
            }
            #expect(Set(found.map(\.user)).count == found.count)
        }
    }

    /// Half stars sum exactly, so ties are exact and no tolerance is needed.
    @Test func `ties go to the lower index`() throws {
        let ratings = RatingMatrix(
            rows: Array(repeating: [(0, 4.5), (1, 3)], count: 9) + [[(0, 1), (2, 5)]], itemCount: 3)
        var configuration = SimilarityConfiguration()
        configuration.neighbors = 3
        let table = try table(ratings, configuration)
        #expect(table.neighbors(of: 0).map(\.user) == [1, 2, 3])
        #expect(table.neighbors(of: 2).map(\.user) == [0, 1, 3])
        #expect(table.neighbors(of: 8).map(\.user) == [0, 1, 2])
        #expect(table.neighbors(of: 0).allSatisfy { $0.similarity == 1 && $0.support == 2 })
    }

    @Test func `users with equal ratings have no centered neighbors`() throws {
        // 0.1 and 0.7 are not binary fractions, so a rounded mean would leave spurious deviations.
        let equal: [(item: Int, rating: Float)] = (0..<7).map { ($0, 0.7) }
        let ratings = RatingMatrix(rows: [equal, equal, [(0, 0.1), (1, 0.9)], []], itemCount: 7)
        for norms in SimilarityConfiguration.Norms.allCases {
            var configuration = SimilarityConfiguration()
            configuration.measure = .centered
            configuration.norms = norms
            #expect(try table(ratings, configuration).neighbors.isEmpty)
        }
    }

    @Test(arguments: configurations)
    func `table is identical at any thread count`(_ configuration: SimilarityConfiguration) throws {
        let ratings = RatingMatrix.random(users: 60, items: 30, density: 0.3, seed: 9)
        let one = try table(ratings, configuration, threads: 1)
        let three = try table(ratings, configuration, threads: 3)
        #expect(one.offsets == three.offsets && one.neighbors == three.neighbors)
        #expect(one.similarities.map(\.bitPattern) == three.similarities.map(\.bitPattern))
        #expect(one.supports == three.supports)
    }

    /// The slow way computes each user's row alone, merging the ratings of two users in `Double`. Few items and whole
    /// stars make ties and supports of one; steps of a tenth make rounding.
    @Test(arguments: configurations)
    func `every kernel gives the bits of the slow reference`(_ configuration: SimilarityConfiguration) throws {
        for seed in 1...3 {
            for (step, density) in [(0.5, 0.3), (0.1, 0.15), (1, 0.6)] {
                let ratings = RatingMatrix.random(
                    users: 45, items: 30, density: density, step: Float(step), seed: UInt64(seed))
                let slow = try AllPairs(configuration, threads: 1)
                let rows = (0..<45).map { slow.neighbors(of: $0, in: ratings) }
                for products in Products.allCases {
                    let table = try table(ratings, configuration, products: products)
                    for user in 0..<45 { #expect(table.neighbors(of: user) == rows[user]) }
                }
            }
        }
    }

    /// The measures that round.
    @Test func `rounded measures give the bits of the slow reference on 200 matrices`() throws {
        let measures: [(SimilarityConfiguration.Measure, SimilarityConfiguration.ItemWeights)] = [
            (.centered, .none), (.baseline, .none), (.cosine, .idf), (.cosine, .bm25),
        ]
        for seed in 1...200 {
            let ratings = RatingMatrix.random(
                users: 30, items: 20, density: 0.1 + 0.002 * Double(seed), step: seed / 4 % 2 == 0 ? 0.5 : 0.1,
                seed: UInt64(seed))
            var configuration = SimilarityConfiguration()
            configuration.neighbors = 6
            (configuration.measure, configuration.itemWeights) = measures[seed % measures.count]
            let slow = try AllPairs(configuration, threads: 1)
            let table = try table(ratings, configuration)
            for user in 0..<30 { #expect(table.neighbors(of: user) == slow.neighbors(of: user, in: ratings)) }
        }
    }

    /// Hundreds of equal users: more ties than there are spare candidates.
    @Test(arguments: SimilarityConfiguration.Measure.allCases, SimilarityConfiguration.Norms.allCases)
    func `many ties give the bits of the slow reference`(
        _ measure: SimilarityConfiguration.Measure, _ norms: SimilarityConfiguration.Norms
    ) throws {
        var configuration = SimilarityConfiguration()
        (configuration.neighbors, configuration.measure, configuration.norms) = (4, measure, norms)
        let rows: [[(item: Int, rating: Float)]] = (0..<300).map { user in
            let last = Float(1 + user % 5)
            return [(item: user % 3, rating: 1.1), (3, 4.3), (item: 4 + user % 2, rating: 2.7), (6, last)]
        }
        let ratings = RatingMatrix(rows: rows, itemCount: 7)
        let slow = try AllPairs(configuration, threads: 1)
        let table = try table(ratings, configuration)
        for user in 0..<300 { #expect(table.neighbors(of: user) == slow.neighbors(of: user, in: ratings)) }
    }

    @Test func `memory limit shrinks tiles or is rejected`() throws {
        let ratings = RatingMatrix.random(users: 300, items: 60, density: 0.3, seed: 13)
        let configuration = SimilarityConfiguration()
        let free = try AllPairs(configuration, threads: 1)
        let estimate = free.memoryEstimate(for: ratings)
        let tight = try AllPairs(configuration, threads: 1, memoryLimit: estimate - 1)
        #expect(try tight.neighbors(in: ratings).neighbors == free.neighbors(in: ratings).neighbors)
        let hopeless = try AllPairs(configuration, threads: 1, memoryLimit: 100_000)
        #expect {
            try hopeless.neighbors(in: ratings)
        } throws: { error in
            guard case .needsMemory(let bytes, 100_000)? = error as? SimilarityError else { return false }
            return bytes > 100_000 && bytes < estimate && "\(error)".contains("the memory limit leaves 1 MB")
        }
    }

    /// Ratings beyond half stars up to 20 are compared in `Double`.
    @Test func `scaled ratings give the same table`() throws {
        let ratings = RatingMatrix.random(users: 60, items: 40, density: 0.4, seed: 14)
        let scaled = RatingMatrix(
            users: ratings.users, items: ratings.items,
            byUser: ratings.byUser.withValues(ratings.byUser.values.map { 32 * $0 }))
        var configuration = SimilarityConfiguration()
        for norms in SimilarityConfiguration.Norms.allCases {
            configuration.norms = norms
            let (small, large) = (try table(ratings, configuration), try table(scaled, configuration))
            #expect(small.neighbors == large.neighbors && small.similarities == large.similarities)
            #expect(small.supports == large.supports)
        }
    }

    @Test func `similarities and weights match the worked examples`() throws {
        let ratings = RatingMatrix(rows: [[(0, 4), (1, 3)], [(0, 3), (1, 4)]], itemCount: 2)
        var configuration = SimilarityConfiguration()
        #expect(try table(ratings, configuration).similarities == [0.96, 0.96])
        configuration.shrinkage = 2
        #expect(try table(ratings, configuration).similarities == [0.48, 0.48])

        configuration = SimilarityConfiguration()
        let weighted = RatingMatrix(rows: [[(0, 4)], [(1, 4)], [(1, 4)], [(1, 4)]], itemCount: 2)
        configuration.itemWeights = .idf
        #expect(abs(RatingTransform(weighted, configuration).applied(to: weighted).values[0] - 4 * 1.386294) < 1e-5)
        configuration.itemWeights = .bm25
        #expect(abs(RatingTransform(weighted, configuration).applied(to: weighted).values[0] - 4.676971) < 1e-6)
    }

    @Test func `options out of range are rejected`() {
        func refuses(_ change: (inout SimilarityConfiguration) -> Void) {
            var configuration = SimilarityConfiguration()
            change(&configuration)
            #expect(throws: SimilarityError.self) { try AllPairs(configuration, threads: 1) }
        }
        refuses { $0.neighbors = 0 }
        refuses { $0.minSupport = 0 }
        refuses { $0.minSimilarity = 1.5 }
        refuses { $0.shrinkage = -1 }
        refuses { $0.shrinkage = .nan }
    }
}

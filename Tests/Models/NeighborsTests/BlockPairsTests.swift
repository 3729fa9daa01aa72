import LinearAlgebra
import Neighbors
import Ratings
import TestSupport
import Testing

struct BlockPairsTests {
    static let configurations = AllPairsTests.configurations.filter { $0.measure != .baseline }

    /// Half stars are exact, tenths round; whole stars of few items make ties.
    @Test(arguments: configurations)
    func `blocks merge into the table of one machine`(_ configuration: SimilarityConfiguration) throws {
        try compare(configuration, neighbors: 3, blocks: 4, step: 0.5)
        try compare(configuration, neighbors: 1, blocks: 3, step: 0.1)
        try compare(configuration, neighbors: 50, blocks: 3, step: 1)
    }

    /// Many blocks of few users, and one of all.
    @Test(
        arguments: configurations.enumerated().filter { $0.offset % 7 == 0 }.map(\.element), [(50, 1), (3, 7), (3, 16)])
    func `many blocks merge into the table of one machine`(
        _ configuration: SimilarityConfiguration, _ size: (neighbors: Int, blocks: Int)
    ) throws {
        try compare(configuration, neighbors: size.neighbors, blocks: size.blocks, step: 0.5)
    }

    /// In one wave, and in several with floors.
    private func compare(
        _ configuration: SimilarityConfiguration, neighbors: Int, blocks: Int, step: Float
    ) throws {
        var configuration = configuration
        configuration.neighbors = neighbors
        let ratings = RatingMatrix.random(
            users: 60, items: 20, density: step == 1 ? 0.6 : 0.25, step: step, seed: UInt64(blocks))
        let whole = try AllPairs(configuration, threads: 1).neighbors(in: ratings)
        let dealt = DealtBlocks(ratings, into: blocks)
        #expect(areEqual(try dealt.table(configuration, [dealt.tasks]).table, whole))
        #expect(areEqual(try dealt.table(configuration, dealt.waves, threads: 2).table, whole))
    }

    /// Rounded measures with more candidates than spare ones, and a block of two tiles.
    @Test(arguments: [SimilarityConfiguration.Measure.cosine, .centered], SimilarityConfiguration.Norms.allCases)
    func `blocks of several tiles merge into the table of one machine`(
        _ measure: SimilarityConfiguration.Measure, _ norms: SimilarityConfiguration.Norms
    ) throws {
        var configuration = SimilarityConfiguration()
        (configuration.measure, configuration.norms, configuration.neighbors) = (measure, norms, 5)
        let ratings = RatingMatrix.random(users: 1_500, items: 30, density: 0.3, seed: 5)
        let whole = try AllPairs(configuration, threads: 2).neighbors(in: ratings)
        let users = Array(0..<Int32(1_500))
        for blocks in [
            DealtBlocks(ratings, into: 3), DealtBlocks(ratings, [Array(users[1_200...]), Array(users[..<1_200])]),
            DealtBlocks(ratings, [Array(users[..<1_200]), Array(users[1_200...])]),
        ] {
            #expect(areEqual(try blocks.table(configuration, blocks.waves, threads: 2).table, whole))
        }
    }

    /// One user, nobody, users without ratings, equal rows, and a block many times as large as the others.
    @Test(arguments: [SimilarityConfiguration.Measure.cosine, .centered])
    func `unequal blocks merge into the table of one machine`(_ measure: SimilarityConfiguration.Measure) throws {
        var configuration = SimilarityConfiguration()
        (configuration.measure, configuration.neighbors) = (measure, 4)
        let ratings = RatingMatrix.random(users: 330, items: 12, density: 0.4, step: 1, seed: 8)
        let whole = try AllPairs(configuration, threads: 1).neighbors(in: ratings)
        let users = Array(0..<Int32(330))
        for members: [[Int32]] in [
            [[0], [1], Array(users[2...])],
            [[], Array(users[150...]), Array(users[..<150])],
            [
                users.filter { $0 % 10 == 3 }, users.filter { $0 % 10 == 6 },
                users.filter { ![3, 6].contains($0 % 10) },
            ],
            [Array(users[..<129]), Array(users[129..<145]), Array(users[145..<273]), Array(users[273...])],
        ] {
            let blocks = DealtBlocks(ratings, members)
            #expect(areEqual(try blocks.table(configuration, [blocks.tasks]).table, whole))
            #expect(areEqual(try blocks.table(configuration, blocks.waves).table, whole))
        }
    }

    /// The slow way compares the users of one pair of blocks one by one: their rows of all users, cut to the block.
    @Test(arguments: configurations)
    func `one pair of blocks equals the slow reference with floors`(_ configuration: SimilarityConfiguration) throws {
        for (seed, step) in [(1, Float(0.5)), (2, 0.1), (3, 1)] {
            let ratings = RatingMatrix.random(users: 48, items: 18, density: 0.4, step: step, seed: UInt64(seed))
            let dealt = DealtBlocks(ratings, into: 3)
            var everybody = configuration
            everybody.neighbors = 48
            let slow = try AllPairs(everybody, threads: 1)
            let rows = (0..<48).map { slow.neighbors(of: $0, in: ratings) }
            // No floor, a floor nobody reaches, and one that equals the similarity of some neighbor.
            let floors = rows.enumerated().map { user, row in
                user % 3 == 0 ? 0 : user % 3 == 1 ? 2 : row.isEmpty ? 0 : row[row.count / 3].similarity
            }
            let (first, second) = (dealt.blocks[0], dealt.blocks[2])
            let ids = first.ids + second.ids
            for pairing in BlockPairs.Pairing.allCases {
                let pairs = try BlockPairs(
                    configuration, statistics: dealt.statistics, isExact: dealt.isExact, threads: 1)
                let table = pairs.neighbors(first, second, pairing: pairing, floors: ids.map { floors[Int($0)] })
                #expect(table.userCount == ids.count)
                for (row, user) in ids.enumerated() {
                    let partners = (row < first.count) == (pairing == .within) ? first.ids : second.ids
                    let expected = rows[Int(user)].filter {
                        partners.contains($0.user) && $0.similarity >= floors[Int(user)]
                    }
                    #expect(table.neighbors(of: row) == Array(expected.prefix(configuration.neighbors)))
                }
            }
        }
    }

    @Test(arguments: configurations)
    func `tables are identical at any thread count`(_ configuration: SimilarityConfiguration) throws {
        let dealt = DealtBlocks(.random(users: 100, items: 20, density: 0.3, seed: 4), into: 2)
        let tables = try [1, 2, 3].map { try dealt.table(configuration, dealt.waves, threads: $0).table }
        #expect(areEqual(tables[0], tables[1]) && areEqual(tables[0], tables[2]))
    }

    /// On half stars the two ways agree; on tenths, the claim that they are exact is not believed.
    @Test(arguments: [Float(0.5), 0.1], SimilarityConfiguration.Norms.allCases)
    func `the way does not change the bits`(_ step: Float, _ norms: SimilarityConfiguration.Norms) throws {
        var configuration = SimilarityConfiguration()
        (configuration.norms, configuration.neighbors) = (norms, 6)
        let ratings = RatingMatrix.random(users: 80, items: 25, density: 0.3, step: step, seed: 6)
        let whole = try AllPairs(configuration, threads: 1).neighbors(in: ratings)
        let dealt = DealtBlocks(ratings, into: 4)
        for isExact in [true, false] {
            #expect(areEqual(try dealt.table(configuration, [dealt.tasks], isExact: isExact).table, whole))
        }
    }

    @Test func `measures that need all ratings are rejected`() throws {
        var configuration = SimilarityConfiguration()
        let statistics = RatingStatistics(users: 1, ratings: 1, itemCounts: [1])
        configuration.measure = .baseline
        #expect(throws: SimilarityError.needsAllRatings("measure", "baseline")) {
            try BlockPairs(configuration, statistics: statistics, isExact: true, threads: 1)
        }
        configuration = SimilarityConfiguration()
        configuration.neighbors = 0
        #expect(throws: SimilarityError.self) {
            try BlockPairs(configuration, statistics: statistics, isExact: true, threads: 1)
        }
    }
}

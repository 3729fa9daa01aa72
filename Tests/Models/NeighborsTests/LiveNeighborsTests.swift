import LinearAlgebra
import Neighbors
import Ratings
import TestSupport
import Testing

struct LiveNeighborsTests {
    /// What a run of batches is made of.
    struct Example: Sendable, CustomTestStringConvertible {
        var configuration = SimilarityConfiguration()
        /// Ratings are multiples of it.
        var step: Float = 0.5
        var users = 40
        var items = 24
        /// The share of IDs that are text.
        var texts = 0.0

        var testDescription: String {
            """
            \(configuration.measure) \(configuration.norms) k=\(configuration.neighbors) n=\(configuration.minSupport) \
            s=\(configuration.minSimilarity) b=\(configuration.shrinkage) step=\(step) texts=\(texts)
            """
        }
    }

    static let examples: [Example] = {
        var all: [Example] = []
        for measure in [SimilarityConfiguration.Measure.cosine, .centered] {
            for norms in SimilarityConfiguration.Norms.allCases {
                for (minSupport, shrinkage, minSimilarity) in [
                    (1, 0.0, Float(0)), (3, 0, 0.4), (1, 25, 0), (2, 5, 0.1),
                ] {
                    for (step, neighbors) in [(Float(0.5), 3), (0.1, 7)] {
                        var one = Example()
                        one.configuration.measure = measure
                        one.configuration.norms = norms
                        one.configuration.minSupport = minSupport
                        one.configuration.shrinkage = shrinkage
                        one.configuration.minSimilarity = minSimilarity
                        one.configuration.neighbors = neighbors
                        one.step = step
                        all.append(one)
                    }
                }
            }
        }
        return all
    }()

    /// A source of random batches: few items, so that most users share some and ties abound.
    private struct Batches {
        let example: Example
        var generator: SeededGenerator

        private mutating func id(below count: Int) -> String {
            let number = generator.next(below: count)
            return Double(number) < Double(count) * (1 - example.texts) ? String(number * 7 % count) : "t\(number)"
        }

        /// Inserts, updates and removals, sometimes of all ratings of a user.
        mutating func apply(to ratings: inout MutableRatings) {
            for _ in 0..<1 + generator.next(below: 8) {
                let user = ratings.addUser(id(below: example.users))
                switch generator.next(below: 10) {
                case 0:
                    for entry in ratings.entries(ofUser: user) { ratings.set(nil, user: user, item: Int(entry.number)) }
                case 1...3:
                    let row = ratings.entries(ofUser: user)
                    guard !row.isEmpty else { continue }
                    ratings.set(nil, user: user, item: Int(row[generator.next(below: row.count)].number))
                default:
                    let value = example.step * Float(1 + generator.next(below: 6))
                    ratings.set(value, user: user, item: ratings.addItem(id(below: example.items)))
                }
            }
        }
    }

    /// Follows random batches from nothing, and compares all lists with a batch run after each.
    private func follow(_ example: Example, batches count: Int, seed: UInt64, threads: Int = 1) throws
        -> NeighborChanges
    {
        var batches = Batches(example: example, generator: SeededGenerator(seed: seed))
        var ratings = MutableRatings()
        for _ in 0..<example.users { batches.apply(to: &ratings) }
        _ = ratings.settle()
        var live = try LiveNeighbors(ratings, example.configuration, threads: threads)
        var total = NeighborChanges()
        for _ in 0..<count {
            let before = live
            batches.apply(to: &ratings)
            let changes = try live.follow(ratings.settle(), in: ratings)
            try expectBatchRun(live, ratings)
            let differing = (0..<ratings.users.count).filter { live.neighbors(of: $0) != before.neighbors(of: $0) }
            #expect(changes.lists.map(Int.init) == differing)
            total.add(changes)
        }
        return total
    }

    @Test(arguments: examples)
    func `lists are those of a batch run after each of 300 batches`(_ example: Example) throws {
        let total = try follow(example, batches: 300, seed: 11)
        #expect(!total.comparedAllPairs && total.computed > 300 && !total.lists.isEmpty)
    }

    @Test(arguments: [SimilarityConfiguration.Measure.cosine, .centered])
    func `lists follow IDs that turn into text and back`(_ measure: SimilarityConfiguration.Measure) throws {
        var example = Example(step: 0.1, texts: 0.05)
        example.configuration.measure = measure
        example.configuration.neighbors = 4
        #expect(try follow(example, batches: 300, seed: 3).comparedAllPairs)
    }

    /// With users far more than places in a list, lists need their spares and run out of them.
    @Test(arguments: [SimilarityConfiguration.Measure.cosine, .centered])
    func `lists take spares, and without any left are computed again`(
        _ measure: SimilarityConfiguration.Measure
    ) throws {
        var example = Example(users: 150, items: 8)
        example.configuration.measure = measure
        example.configuration.neighbors = 2
        let total = try follow(example, batches: 300, seed: 5)
        #expect(total.mendedFromSpares > 0 && total.computedAgain > 0)
    }

    @Test func `lists of more neighbors than users hold everybody`() throws {
        var example = Example(users: 12, items: 8)
        example.configuration.neighbors = 100
        #expect(try follow(example, batches: 300, seed: 9).computedAgain == 0)
    }

    /// Half stars sum exactly; a single other rating ends that, and its removal brings it back.
    @Test func `lists follow ratings that cease to be half stars`() throws {
        var ratings = MutableRatings(.random(users: 40, items: 20, density: 0.3, seed: 2))
        var live = try LiveNeighbors(ratings, SimilarityConfiguration(), threads: 1)
        for value in [Float(0.3), 3, 1e6, 1e12, nil, 4.1] {
            ratings.set(value, user: 7, item: 3)
            _ = try live.follow(ratings.settle(), in: ratings)
            try expectBatchRun(live, ratings)
        }
    }

    @Test func `results do not depend on threads`() throws {
        var example = Example()
        example.configuration.neighbors = 3
        let one = try follow(example, batches: 50, seed: 1)
        #expect(try follow(example, batches: 50, seed: 1, threads: 3) == one)
    }

    @Test func `measures that depend on everybody are refused`() throws {
        var idf = SimilarityConfiguration()
        idf.itemWeights = .idf
        #expect(throws: SimilarityError.dependsOnEverybody("item-weights", "idf")) {
            try LiveNeighbors(MutableRatings(), idf, threads: 1)
        }
        var baseline = SimilarityConfiguration()
        baseline.measure = .baseline
        #expect(throws: SimilarityError.dependsOnEverybody("measure", "baseline")) {
            try LiveNeighbors.checkFollows(baseline)
        }
    }

    /// Users a (5, 3), b (5, 3), c (3, 5) of two items: a and b are nearest to each other with 1, and c has 30/34 to both.
    @Test func `a new rating reaches the lists of others`() throws {
        var ratings = MutableRatings(
            RatingMatrix(rows: [[(0, 5), (1, 3)], [(0, 5), (1, 3)], [(0, 3), (1, 5)]], itemCount: 2))
        var configuration = SimilarityConfiguration()
        configuration.neighbors = 1
        var live = try LiveNeighbors(ratings, configuration, threads: 1)
        #expect(live.neighbors(of: 0) == [Neighbor(user: 1, similarity: 1, support: 2)])
        #expect(live.neighbors(of: 2) == [Neighbor(user: 0, similarity: 30 / 34, support: 2)])
        let user = ratings.addUser("new")
        #expect(live.neighbors(of: user).isEmpty)
        ratings.set(4, user: user, item: 1)
        _ = try live.follow(ratings.settle(), in: ratings)
        #expect(live.neighbors(of: user).map(\.user) == [2] && live.neighbors(of: 2).map(\.user) == [0])
        ratings.set(nil, user: 0, item: 0)
        let changes = try live.follow(ratings.settle(), in: ratings)
        #expect(live.neighbors(of: 0) == [Neighbor(user: 3, similarity: 1, support: 1)])
        #expect(live.neighbors(of: 2).map(\.user) == [1] && changes.computed == 1)
    }
}

/// The table of a batch run on the same ratings, bit for bit.
func expectBatchRun(_ live: LiveNeighbors, _ ratings: MutableRatings) throws {
    let numbered = ratings.matrix()
    let expected = try AllPairs(live.configuration, threads: 1).neighbors(in: numbered.matrix)
    let table = live.table(for: numbered)
    #expect(table.offsets == expected.offsets)
    #expect(table.neighbors == expected.neighbors)
    #expect(table.similarities.map(\.bitPattern) == expected.similarities.map(\.bitPattern))
    #expect(table.supports == expected.supports)
}

extension NeighborChanges {
    fileprivate mutating func add(_ other: NeighborChanges) {
        self = NeighborChanges(
            lists: lists + other.lists, computed: computed + other.computed,
            mendedFromSpares: mendedFromSpares + other.mendedFromSpares,
            computedAgain: computedAgain + other.computedAgain,
            comparedAllPairs: comparedAllPairs || other.comparedAllPairs)
    }
}

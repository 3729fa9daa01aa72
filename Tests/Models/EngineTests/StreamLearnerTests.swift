import Engine
import Evaluation
import Factorization
import Foundation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct StreamLearnerTests {
    private static let stars = RatingScale(minimum: 1, maximum: 5, step: 1)

    private static func configuration(rank: Int = 3, refitShare: Double? = 0.3) -> StreamConfiguration {
        var configuration = StreamConfiguration()
        configuration.window = 150
        configuration.newUserLimit = 4
        configuration.listLength = 3
        configuration.refitShare = refitShare
        (configuration.als.rank, configuration.als.iterations, configuration.als.restarts) = (rank, 3, 2)
        return configuration
    }

    /// Random ratings, some of them repeated, changed or removed.
    private static func events(_ count: Int, seed: UInt64, onlyNew: Bool = false) -> [StreamRating] {
        var generator = SeededGenerator(seed: seed)
        var seen: Set<[Int]> = []
        return (0..<count).compactMap { step in
            let (user, item) = (generator.next(below: 8 + step / 25), generator.next(below: 12 + step / 40))
            let value: Float? = generator.uniform() < 0.05 && !onlyNew ? nil : Float(1 + generator.next(below: 5))
            guard seen.insert([user, item]).inserted || !onlyNew else { return nil }
            return StreamRating(user: "\(user)", item: "\(item)", value: value)
        }
    }

    private func learner(_ configuration: StreamConfiguration) throws -> StreamLearner {
        try StreamLearner(configuration, scale: Self.stars, likeThreshold: 4)
    }

    /// A loop that keeps all ratings in a list and makes everything anew for each: biases from their definition, lists by
    /// sorting, and factors by fold-in of whole rows into a model.
    @Test(arguments: [1, 13]) func `a stream equals a slow obvious loop`(_ batchSize: Int) throws {
        let configuration = Self.configuration()
        let events = Self.events(600, seed: 6, onlyNew: true)
        var learner = try learner(configuration)
        var ratings = MutableRatings()
        var slow = SlowLoop(configuration, likeThreshold: 4)
        for start in stride(from: 0, to: events.count, by: batchSize) {
            let batch = Array(events[start..<min(events.count, start + batchSize)])
            try learner.learn(batch, into: &ratings)
            try slow.learn(batch)
        }
        #expect(learner.factors != nil)
        let window = slow.scores.suffix(configuration.window)
        for (parts, scores) in [(learner.error.total, slow.scores[...]), (learner.error.current, window)] {
            for part in parts {
                let model = try #require(["baseline", "popularity", "als"].firstIndex(of: part.model))
                var sums = ErrorSums()
                for score in scores where part.users == .all || score.isNew { sums += score.models[model].sums }
                #expect(part.sums.count == sums.count, "\(part.model)")
                #expect(part.sums.likes == sums.likes && part.sums.hits == sums.hits, "\(part.model)")
                #expect(abs((part.sums.rmse ?? 0) - (sums.rmse ?? 0)) < 1e-6, "\(part.model)")
                #expect(abs((part.sums.mae ?? 0) - (sums.mae ?? 0)) < 1e-6, "\(part.model)")
            }
        }
        #expect(learner.error.total.first { $0.model == "als" }?.sums.hits ?? 0 > 10)
    }

    @Test func `a rating that comes twice is scored once, and learned once`() throws {
        let events = Self.events(300, seed: 2, onlyNew: true)
        var (once, twice) = (try learner(Self.configuration()), try learner(Self.configuration()))
        var (one, two) = (MutableRatings(), MutableRatings())
        for event in events {
            try once.learn([event], into: &one)
            try twice.learn([event], into: &two)
            try twice.learn([event], into: &two)
        }
        #expect(once.error.count == events.count)
        #expect(twice.error.count == events.count)
        #expect(once.error.total.filter { $0.model != "als" } == twice.error.total.filter { $0.model != "als" })
    }

    @Test func `changes and removals are learned and not scored`() throws {
        var learner = try learner(Self.configuration())
        var ratings = MutableRatings()
        let events = Self.events(1_500, seed: 4)
        var known: Set<String> = []
        var expected = 0
        for event in events {
            let pair = "\(event.user) \(event.item)"
            if event.value == nil { known.remove(pair) } else if known.insert(pair).inserted { expected += 1 }
            try learner.learn([event], into: &ratings)
        }
        #expect(learner.error.count == expected)
        #expect(ratings.count == known.count)
    }

    @Test func `halves of a batch are the whole`() throws {
        var (whole, halves) = (try learner(Self.configuration()), try learner(Self.configuration()))
        var (one, two) = (MutableRatings(), MutableRatings())
        for start in stride(from: 0, to: 500, by: 20) {
            let batch = Array(Self.events(500, seed: 3)[start..<start + 20])
            try whole.learn(batch, into: &one)
            halves.receive(batch, into: &two)
            try halves.follow(two.settle(), of: two)
        }
        #expect(whole.error.total == halves.error.total)
    }

    @Test func `drained sums add up to the total`() throws {
        var learner = try learner(Self.configuration())
        var ratings = MutableRatings()
        var sums = Array(repeating: ErrorSums(), count: 6)
        for (step, event) in Self.events(400, seed: 5).enumerated() {
            try learner.learn([event], into: &ratings)
            if step % 7 == 0 || step == 399 {
                for (place, part) in learner.drain().parts.enumerated() { sums[place] += part.sums }
            }
        }
        for (sum, part) in zip(sums, learner.error.total) {
            #expect(sum.count == part.sums.count && sum.hits == part.sums.hits)
            #expect(abs(sum.squaredError - part.sums.squaredError) < 1e-9)
        }
    }

    /// A service that starts with ratings and a model goes on as one that saw them all, but for when it last fitted.
    @Test func `a primed learner goes on with the model of the ratings`() throws {
        let matrix = RatingMatrix.random(users: 30, items: 25, density: 0.4, step: 0.5, seed: 3)
        var ratings = MutableRatings(matrix)
        let configuration = Self.configuration(refitShare: nil)
        var learner = try learner(configuration)
        learner.prime(matrix)
        let numbered = ratings.matrix()
        let model = try AlternatingLeastSquares(configuration.als).fit(numbered.matrix)
        try learner.adopt(
            model, users: numbered.userNumbers, items: numbered.itemNumbers, of: ratings)
        #expect(learner.error.count == 0)
        let (user, item) = (numbered.matrix.users.count - 1, 7)
        let number = (user: Int(numbered.userNumbers[user]), item: Int(numbered.itemNumbers[item]))
        let expected = Double(model.mean) + model.parts.reduce(0) { $0 + $1.product(user, item) } / 2
        let found = try #require(learner.factors).expectation(user: number.user, item: number.item)
        #expect(abs(found - expected) < 1e-9)
        try learner.learn([StreamRating(user: "29", item: "new", value: 5)], into: &ratings)
        #expect(learner.error.count == 1)
    }

    @Test func `ratings that were scored before are learned alone`() throws {
        let events = Self.events(200, seed: 7, onlyNew: true)
        var (scored, unscored) = (try learner(Self.configuration()), try learner(Self.configuration()))
        var (one, two) = (MutableRatings(), MutableRatings())
        for event in events.dropLast() {
            try scored.learn([event], into: &one)
            unscored.receive([event], into: &two, isScored: false)
            try unscored.follow(two.settle(), of: two)
        }
        #expect(unscored.error.count == 0)
        // Both know the same, so both predict the next the same.
        let before = scored.error.total
        for event in events.suffix(1) {
            try scored.learn([event], into: &one)
            try unscored.learn([event], into: &two)
        }
        for ((old, new), only) in zip(zip(before, scored.error.total), unscored.error.total) {
            #expect(abs(new.sums.squaredError - old.sums.squaredError - only.sums.squaredError) < 1e-9)
            #expect(new.sums.hits - old.sums.hits == only.sums.hits)
        }
    }

    @Test func `a learner goes on with the error of the one before`() throws {
        var first = try learner(Self.configuration())
        var ratings = MutableRatings()
        try first.learn(Self.events(100, seed: 8, onlyNew: true), into: &ratings)
        var second = try learner(Self.configuration())
        second.carryOn(first.error)
        #expect(second.error.total == first.error.total && second.drain() == first.drain())
        var others = Self.configuration()
        others.models = [.als]
        var third = try learner(others)
        third.carryOn(first.error)
        #expect(third.error.count == 0)
    }

    @Test func `equal ratings are no trouble`() throws {
        var learner = try learner(Self.configuration())
        var ratings = MutableRatings()
        for event in Self.events(200, seed: 1, onlyNew: true) {
            try learner.learn([StreamRating(user: event.user, item: event.item, value: 3)], into: &ratings)
        }
        #expect(learner.factors == nil)
        #expect(learner.error.total.allSatisfy { $0.sums.rmse ?? 0 == 0 })
    }

    @Test func `ratings come in the order of time, ties by user and item`() {
        let matrix = RatingMatrix(
            users: Vocabulary(["2", "10"]), items: Vocabulary(["1", "3"]),
            byUser: SparseMatrix(
                columns: 2, rowOffsets: [0, 2, 4], columnIndices: [0, 1, 0, 1], values: [1, 2, 3, 4]),
            timestamps: [50, 40, 40, 40])
        #expect(matrix.inOrderOfTime().map(\.value) == [2, 3, 4, 1])
    }
}

/// All ratings in a list, and everything made anew for each.
private struct SlowLoop {
    struct Score {
        let models: [ScoredRating]
        let isNew: Bool
    }

    let configuration: StreamConfiguration
    let likeThreshold: Double
    var scores: [Score] = []
    private var known: [(user: String, item: String, value: Double, first: Double, second: Double)] = []
    private var model: FactorModel?
    private var users: [String] = []
    private var items: [String] = []
    private var fitted = 0

    init(_ configuration: StreamConfiguration, likeThreshold: Double) {
        (self.configuration, self.likeThreshold) = (configuration, likeThreshold)
    }

    mutating func learn(_ batch: [StreamRating]) throws {
        for rating in batch {
            let value = Double(rating.value ?? 0)
            let mean = known.isEmpty ? 3 : known.reduce(0) { $0 + $1.value } / Double(known.count)
            let own = known.filter { $0.user == rating.user }
            let bias = known.filter { $0.item == rating.item }.map(\.first).reduce(0, +)
            let itemBias = bias / Double(known.count { $0.item == rating.item } + 5)
            let userBias = own.map(\.second).reduce(0, +) / Double(own.count + 5)
            let baseline = min(5, max(1, mean + itemBias + userBias))
            let isSought = value >= likeThreshold && own.contains { $0.value >= likeThreshold }
            scores.append(
                Score(
                    models: [
                        ScoredRating(error: value - baseline, isHit: nil),
                        ScoredRating(
                            error: nil, isHit: isSought ? lists(rating.item, rating.user) { likes(of: $0) } : nil),
                        ScoredRating(
                            error: value
                                - (expectation(rating.user, rating.item).map { min(5, max(1, $0)) } ?? baseline),
                            isHit: isSought
                                ? lists(rating.item, rating.user) { score(of: $0, for: rating.user) }
                                : nil),
                    ], isNew: own.count < configuration.newUserLimit))
            known.append((rating.user, rating.item, value, value - mean, value - mean - itemBias))
        }
        try follow(batch)
    }

    private func likes(of item: String) -> Double {
        Double(known.count { $0.item == item && $0.value >= likeThreshold })
    }

    /// That of `als` for its lists, which hold what it knew before the batch; likes until it is fitted.
    private func score(of item: String, for user: String) -> Double? {
        model == nil ? likes(of: item) : items.contains(item) ? expectation(user, item) : nil
    }

    /// Whether the item is among the best of those that the user has not rated and somebody has.
    private func lists(_ item: String, _ user: String, _ score: (String) -> Double?) -> Bool {
        var order: [String] = []
        for rating in known where !order.contains(rating.item) { order.append(rating.item) }
        let rated = Set(known.filter { $0.user == user }.map(\.item))
        let best = order.enumerated().filter { !rated.contains($0.element) }
            .compactMap { place, item in score(item).map { (place: place, item: item, score: $0) } }
            .sorted { ($1.score, $0.place) < ($0.score, $1.place) }
        return best.prefix(configuration.listLength).contains { $0.item == item }
    }

    /// b_u + b_i + p_u·q_i of those that the model knows, as it was before the batch.
    private func expectation(_ user: String, _ item: String) -> Double? {
        guard let model else { return nil }
        let sum = model.parts.reduce(0) { $0 + $1.product(users.firstIndex(of: user), items.firstIndex(of: item)) }
        return Double(model.mean) + sum / Double(model.parts.count)
    }

    private mutating func follow(_ batch: [StreamRating]) throws {
        let (allUsers, allItems) = (Set(known.map(\.user)), Set(known.map(\.item)))
        let rows = Vocabulary(Array(allUsers))
        let columns = Vocabulary(Array(allItems))
        if Double(known.count) >= Double(fitted) * (1 + (configuration.refitShare ?? 0)),
            min(allUsers.count, allItems.count) > 1
        {
            let entries = RatingEntries(
                users: known.map { Int32(rows.index(of: $0.user) ?? 0) },
                items: known.map { Int32(columns.index(of: $0.item) ?? 0) }, values: known.map { Float($0.value) },
                timestamps: nil)
            let matrix = try RatingMatrix.assemble([entries], users: rows, items: columns).matrix
            var chosen = configuration.als
            chosen.rank = min(chosen.rank, min(allUsers.count, allItems.count) - 1)
            fitted = known.count
            guard Set(known.map(\.value)).count > 1 else { return }
            model = try AlternatingLeastSquares(chosen).fit(matrix)
            (users, items) = ((0..<rows.count).map { rows[$0] }, (0..<columns.count).map { columns[$0] })
            return
        }
        guard let old = model else { return }
        // Row by row through fold-in: the equations of a user against the items, and of an item against the users.
        for user in Set(batch.map(\.user)).sorted() where !users.contains(user) { users.append(user) }
        for item in Set(batch.map(\.item)).sorted() where !items.contains(item) { items.append(item) }
        var parts: [FactorModel.Part] = []
        for part in old.parts {
            let padded = FactorModel.Part(
                users: part.users.padded(to: users.count), items: part.items.padded(to: items.count))
            let newItems = try folded(
                Set(batch.map(\.item)).compactMap(items.firstIndex), into: padded.items, against: padded.users, old
            ) { item in known.filter { $0.item == items[item] }.map { (users.firstIndex(of: $0.user) ?? 0, $0.value) } }
            let newUsers = try folded(
                Set(batch.map(\.user)).compactMap(users.firstIndex), into: padded.users, against: newItems, old
            ) { user in known.filter { $0.user == users[user] }.map { (items.firstIndex(of: $0.item) ?? 0, $0.value) } }
            parts.append(FactorModel.Part(users: newUsers, items: newItems))
        }
        model = FactorModel(mean: old.mean, parts: parts, configuration: old.configuration, scale: nil)
    }

    private func folded(
        _ rows: [Int], into factors: Factors, against partners: Factors, _ old: FactorModel,
        _ ratings: (Int) -> [(Int, Double)]
    ) throws -> Factors {
        var vectors = factors.vectors
        var biases = factors.biases
        for row in rows {
            var own = ratings(row).map { (item: $0.0, rating: Float($0.1)) }
            own.sort { $0.item < $1.item }
            let solution = eliminated(own, partners, old)
            for factor in 0..<factors.rank { vectors[row, factor] = Float(solution[factor]) }
            biases[row] = Float(solution[factors.rank])
        }
        return Factors(vectors: vectors, biases: biases)
    }

    /// The row's normal equations, solved by Gauss–Jordan in `Double`.
    private func eliminated(_ row: [(item: Int, rating: Float)], _ partners: Factors, _ old: FactorModel) -> [Double] {
        let order = partners.rank + 1
        var a = [[Double]](repeating: Array(repeating: 0, count: order + 1), count: order)
        for (partner, rating) in row {
            let x = partners.vectors.row(partner).map(Double.init) + [1]
            for i in 0..<order {
                for j in 0..<order { a[i][j] += x[i] * x[j] }
                a[i][order] += x[i] * (Double(rating) - Double(old.mean) - Double(partners.biases[partner]))
            }
        }
        let growth = pow(Double(row.count), old.configuration.regularizationExponent)
        for i in 0..<order {
            a[i][i] +=
                growth * (i < order - 1 ? old.configuration.regularization : old.configuration.biasRegularization)
        }
        for pivot in a.indices {
            for other in a.indices where other != pivot {
                let factor = a[other][pivot] / a[pivot][pivot]
                for column in a[other].indices { a[other][column] -= factor * a[pivot][column] }
            }
        }
        return a.indices.map { a[$0][order] / a[$0][$0] }
    }
}

extension Factors {
    /// The same with rows of zeros at the end.
    fileprivate func padded(to rows: Int) -> Factors {
        let more = rows - self.rows
        return Factors(
            vectors: DenseMatrix(
                rows: rows, columns: rank, elements: vectors.storage + Array(repeating: 0, count: more * rank)),
            biases: biases + Array(repeating: 0, count: more))
    }
}

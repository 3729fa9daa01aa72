import Engine
import Evaluation
import Ratings
import TestSupport
import Testing

/// What every model has to keep to, whichever it is.
struct ModelContractTests {
    private static let predicting: Set<ModelKind> = [.global, .userMean, .itemMean, .baseline, .als, .bayes, .knn]
    private static let ranking: Set<ModelKind> = [.popularity, .als, .bayes, .knn, .implicit, .ease, .blend]
    private let train = ContractData.train
    private let allItems = Array(0..<ContractData.itemCount)

    private func wanted(_ users: [Int?]) -> [Int?] { users + [nil] }

    @Test(arguments: ModelKind.allCases)
    func `a model predicts or ranks, and reports its memory`(_ kind: ModelKind) throws {
        let model = try ContractData.fit(kind)
        #expect((model.predictor != nil) == Self.predicting.contains(kind))
        #expect((model.recommender != nil) == Self.ranking.contains(kind))
        #expect(model.bytes > 0)
    }

    @Test(arguments: predicting)
    func `predictions are finite and on the scale`(_ kind: ModelKind) throws {
        let model = try #require(try ContractData.fit(kind).predictor)
        for user in wanted(Array(0..<ContractData.userCount)) {
            for item in wanted(allItems) {
                let plain = model.prediction(user: user, item: item)
                #expect(ContractData.scale.contains(plain))
                #expect(model.prediction(user: user, item: item, time: nil) == plain)
                // In an hour of training, before 1970, and long after.
                for time: Int64 in [0, -9_000, 1 << 40] {
                    #expect(ContractData.scale.contains(model.prediction(user: user, item: item, time: time)))
                }
            }
        }
    }

    /// The mean models hold nothing to a scale, so what they say of a guest is a mean of the guest's own.
    @Test(arguments: predicting)
    func `guests get predictions`(_ kind: ModelKind) throws {
        let model = try #require(try ContractData.fit(kind).predictor)
        for guest in ContractData.guests {
            let predictions = try model.predictions(foldingIn: guest, items: allItems)
            #expect(predictions.count == allItems.count)
            #expect(predictions.allSatisfy(ContractData.scale.contains))
            // In the order asked for, one by one or all at once.
            #expect(try model.predictions(foldingIn: guest, items: [40, 2]) == [predictions[40], predictions[2]])
            #expect(try model.predictions(foldingIn: guest, items: []).isEmpty)
        }
        // Of a guest without ratings nothing is known, as of an unseen user.
        for (item, prediction) in try model.predictions(foldingIn: UserRatings([]), items: allItems).enumerated() {
            #expect(abs(prediction - model.prediction(user: nil, item: item)) < 1e-4)
        }
    }

    @Test(arguments: predicting)
    func `batch predictions equal single ones, and cold ones are counted`(_ kind: ModelKind) throws {
        let model = try #require(try ContractData.fit(kind).predictor)
        let test = ContractData.test
        let ratings = TestRatings(test, train: train)
        let batch = ratings.predictions(of: model, threads: 3)
        let itemCounts = train.itemCounts
        var (place, cold) = (0, 0)
        for user in 0..<test.users.count {
            let known = user < ContractData.userCount && train.userRatings(user).count > 0 ? user : nil
            for (item, value) in test.ratings(ofUser: user) {
                let knownItem = item < ContractData.itemCount && itemCounts[Int(item)] > 0 ? Int(item) : nil
                let single = model.prediction(user: known, item: knownItem, time: test.timestamps?[place])
                #expect(batch[place] == single && ratings.values[place] == Double(value))
                cold += known == nil || knownItem == nil ? 1 : 0
                place += 1
            }
        }
        #expect(batch.count == place && place == test.count)
        #expect(ratings.coldCount == cold && cold > 100)
        #expect(ratings.metrics(of: model).count == test.count && ratings.metrics(of: model).rmse.isFinite)
    }

    @Test(arguments: ranking)
    func `lists equal the top items, and cold users are counted`(_ kind: ModelKind) throws {
        let model = try #require(try ContractData.fit(kind).recommender)
        let rankings = TestRankings(ContractData.test, train: train, threshold: 4)
        let lists = rankings.lists(of: model, count: 10, threads: 3)
        #expect(lists.count == ContractData.userCount + 8)
        for (user, list) in lists.enumerated() {
            let known = user < ContractData.userCount ? user : nil
            let seen = known.map { train.userRatings($0).items } ?? []
            #expect(list.items == model.topItems(user: known, count: 10, excluding: seen))
            #expect(list.items.count == min(10, ContractData.itemCount - seen.count))
            for (item, isRelevant) in zip(list.items, list.relevance) {
                #expect(isRelevant == (ContractData.test.rating(user: user, item: item).map { $0 >= 4 } ?? false))
            }
        }
        let empty = (0..<ContractData.userCount).count { train.userRatings($0).count == 0 }
        #expect(rankings.coldCount == 8 + empty && empty > 0)
        #expect(RankingMetrics(lists, cutoff: 10).ndcg.isFinite)
    }

    /// By score and then by index; what is not excluded is in the list, once, however long a list is asked for.
    @Test(arguments: ranking)
    func `top items are the catalog in order`(_ kind: ModelKind) throws {
        let model = try #require(try ContractData.fit(kind).recommender)
        for user in wanted([0, 3, 4, 5, 16, 89]) {
            let scores = model.scores(user: user)
            #expect(scores.count == allItems.count && scores.allSatisfy(\.isFinite))
            let order = allItems.sorted { (scores[$1], $0) < (scores[$0], $1) }
            #expect(model.topItems(user: user, count: 1_000, excluding: [Int32]()) == order)
            #expect(model.topItems(user: user, count: 7, excluding: [Int32]()) == Array(order.prefix(7)))
            let seen = user.map { train.userRatings($0).items } ?? []
            let unseen = order.filter { !seen.contains(Int32($0)) }
            #expect(model.topItems(user: user, count: 1_000, excluding: seen) == unseen)
        }
    }

    /// All at once, on several threads: the lists that users get one by one, and the scores.
    @Test(arguments: ranking)
    func `lists of all users equal those of each`(_ kind: ModelKind) throws {
        let model = try #require(try ContractData.fit(kind).recommender)
        for count in [1, 10, 1_000] {
            let lists = model.topLists(for: train, count: count, threads: 3)
            #expect(lists.count == train.users.count)
            for (user, list) in lists.enumerated() {
                let items = list.map { Int($0.item) }
                #expect(items == model.topItems(user: user, count: count, excluding: train.userRatings(user).items))
                let scores = model.scores(user: user)
                #expect(list.map(\.score) == items.map { scores[$0] })
            }
        }
    }

    @Test(arguments: ranking)
    func `lists of some users leave out what they are told`(_ kind: ModelKind) throws {
        let model = try #require(try ContractData.fit(kind).recommender)
        let users = [7, 3, 7, 89]
        let excluded: [[Int32]] = [[], [1, 2, 30], [5, 0, 5], Array(0..<Int32(train.items.count))]
        let lists = model.topLists(of: users, count: 6, threads: 2) { excluded[$0][...] }
        for (place, user) in users.enumerated() {
            #expect(lists[place] == model.rankedItems(user: user, count: 6, excluding: excluded[place]))
        }
    }

    @Test(arguments: ranking)
    func `guests get lists`(_ kind: ModelKind) throws {
        let model = try #require(try ContractData.fit(kind).recommender)
        for guest in ContractData.guests {
            let scores = try model.scores(foldingIn: guest)
            #expect(scores.count == allItems.count && scores.allSatisfy(\.isFinite))
            let top = try model.topItems(foldingIn: guest, count: 1_000)
            let order = allItems.sorted { (scores[$1], $0) < (scores[$0], $1) }
            #expect(top == order.filter { !guest.items.contains(Int32($0)) })
        }
        for (one, other) in zip(try model.scores(foldingIn: UserRatings([])), model.scores(user: nil)) {
            #expect(abs(one - other) < 1e-4)
        }
    }

    /// Predictions and scores of everybody, as bits.
    private func bits(_ model: FittedModel) -> [UInt64] {
        let users = [nil] + (0..<ContractData.userCount).map { $0 }
        let predictions = users.flatMap { user in
            wanted(allItems).compactMap { model.predictor?.prediction(user: user, item: $0, time: 100).bitPattern }
        }
        let scores = users.flatMap { user in
            (model.recommender?.scores(user: user) ?? []).map { UInt64($0.bitPattern) }
        }
        return predictions + scores
    }

    @Test(arguments: ModelKind.allCases)
    func `threads and repetition do not change a model`(_ kind: ModelKind) throws {
        let once = bits(try ContractData.fit(kind))
        #expect(once.count >= (ContractData.userCount + 1) * ContractData.itemCount)
        #expect(bits(try ContractData.fit(kind)) == once)
        #expect(bits(try ContractData.fit(kind, threads: 3)) == once)
        // Those that draw at random do so from the seed.
        let isRandom = [.als, .bayes, .implicit, .blend].contains(kind)
        #expect((bits(try ContractData.fit(kind, seed: 2)) != once) == isRandom)
    }
}

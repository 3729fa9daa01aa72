import Engine
import Factorization
import Ratings
import Testing

struct RecommenderTests {
    private static let kinds: [ModelKind] = [.blend, .implicit, .ease, .knn, .als, .bayes, .popularity]
    private let dataset = Dataset(ratings: ContractData.train, features: ContractData.side)

    private func recommender(_ kind: ModelKind) throws -> Recommender {
        try #require(Recommender(kind, try ContractData.fit(kind), of: dataset))
    }

    @Test(arguments: kinds)
    func `lists of all users equal those of one user`(_ kind: ModelKind) throws {
        let recommender = try recommender(kind)
        let lists = recommender.scoredItemsOfAll(count: 7, threads: 2)
        for user in [0, 1, 30, ContractData.userCount - 1] {
            #expect(try recommender.scoredItems(for: Person(user: user, of: dataset.ratings), count: 7) == lists[user])
        }
    }

    @Test(arguments: kinds)
    func `a list has one unit`(_ kind: ModelKind) throws {
        let people = [Person(user: 4, of: dataset.ratings), Person(guest: ContractData.guests[4])]
        for person in people {
            for one in try recommender(kind).recommend(to: person, count: 5) {
                #expect((one.score == nil) == [.als, .bayes].contains(kind))
                #expect((one.score == nil) == (kind.listUnit == "predicted_rating"))
                #expect((one.predictedRating != nil) == [.als, .bayes, .knn].contains(kind))
                #expect(one.predictedRating.map { ContractData.scale.contains($0) } ?? true)
                #expect(one.id == dataset.ratings.items[one.item] && one.title == one.id && one.reasons == nil)
            }
        }
    }

    @Test(arguments: [ModelKind.als, .bayes])
    func `predicted ratings descend`(_ kind: ModelKind) throws {
        let list = try recommender(kind).scoredItems(for: Person(user: 8, of: dataset.ratings), count: 20)
        let ratings = list.compactMap(\.predictedRating)
        #expect(ratings.count == 20)
        for (one, next) in zip(ratings, ratings.dropFirst()) { #expect(one >= next - 1e-5) }
    }

    @Test func `reasons name other users only where that is wanted`() throws {
        let recommender = try recommender(.knn)
        let person = Person(user: 8, of: dataset.ratings)
        for one in try recommender.recommend(to: person, count: 5, reasons: .anonymous) {
            #expect(one.reasons?.contains { $0.hasPrefix("user ") } == false)
        }
        let named = try recommender.recommend(to: person, count: 1, reasons: .namingUsers)
        #expect(named[0].reasons?.contains { $0.hasPrefix("user ") } == true)
    }

    @Test func `implicit is fitted once for itself and for blend`() throws {
        var configuration = ModelConfiguration()
        configuration.implicit.rank = 5
        let alone = try Recommender.fit(.blend, dataset, configuration)
        for kinds in [[ModelKind.blend, .implicit], [.implicit, .blend]] {
            let models = try ModelKind.fit(kinds, dataset, configuration)
            let blend = try #require(models[.blend].flatMap { Recommender(.blend, $0, of: dataset) })
            let person = Person(user: 3, of: dataset.ratings)
            #expect(try blend.scoredItems(for: person, count: 9) == alone.scoredItems(for: person, count: 9))
            #expect(models[.implicit] != nil)
        }
    }

    @Test func `implicit takes the place of a blend that is too large`() throws {
        var configuration = ModelConfiguration()
        configuration.implicit.rank = 5
        #expect(try Recommender.fitBest(dataset, configuration).kind == .blend)
        configuration.userEASE.memoryLimit = 1_000
        #expect(try Recommender.fitBest(dataset, configuration).kind == .implicit)
        #expect(
            try ModelKind.fit([.blend, .popularity], dataset, configuration).keys.sorted { $0.rawValue < $1.rawValue }
                == [.popularity])
    }

    @Test func `both is als, then knn`() {
        #expect(RecommendationChoice.both.kinds == [.als, .knn])
        #expect(RecommendationChoice.among([.knn, .als, .baseline]) == [.knn, .als, .both])
        #expect(RecommendationChoice.best(among: [.als, .implicit]) == .implicit)
        #expect(RecommendationChoice.best(among: [.als, .blend, .implicit]) == .blend)
        #expect(RecommendationChoice.best(among: [.knn]) == .knn)
    }

    @Test func `an unknown user is named with near ids`() {
        #expect(throws: UnknownUser.self) { try Person("7777", of: dataset) }
    }
}

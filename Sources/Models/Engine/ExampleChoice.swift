import Evaluation
import LinearAlgebra
import Ratings

/// Chooses the users whose lists a comparison shows.
enum ExampleChoice {
    /// The two users with at least `cutoff` training ratings on whom the first two models agree most and least; among equal
    /// ones the first.
    static func chosen(
        _ rankers: [Ranker], _ fold: ComparisonFold, cutoff: Int
    ) throws -> [ListExample] {
        guard let first = rankers.first else { return [] }
        let train = fold.train.ratings
        let users = fold.test.users
        let second = rankers.dropFirst().first ?? first
        let candidates = (0..<users.count).compactMap { place -> (place: Int, user: Int, shared: Int)? in
            guard let user = train.users.index(of: users[place]), train.byUser.entries(ofRow: user).count >= cutoff,
                first.lists[place].relevantCount > 0
            else { return nil }
            let shared = Set(first.lists[place].items.prefix(cutoff)).intersection(
                second.lists[place].items.prefix(cutoff))
            return (place, user, shared.count)
        }
        guard let most = candidates.max(by: { ($0.shared, $1.place) < ($1.shared, $0.place) }),
            let least = candidates.min(by: { ($0.shared, $0.place) < ($1.shared, $1.place) })
        else { return [] }
        let chosen = most.place == least.place ? [most] : [most, least]
        return try chosen.map { candidate in
            try example(
                rankers, fold, place: candidate.place, user: candidate.user, shared: candidate.shared, cutoff: cutoff)
        }
    }

    private static func example(
        _ rankers: [Ranker], _ fold: ComparisonFold, place: Int,
        user: Int, shared: Int, cutoff: Int
    ) throws -> ListExample {
        let train = fold.train.ratings
        let person = Person(user: user, of: train)
        let own = person.ratings
        let tops = try rankers.map { ranker in
            try Recommender(ranker.kind, ranker.model, of: fold.train)?
                .recommend(to: person, count: cutoff, reasons: .anonymous) ?? []
        }
        let favorites = zip(own.items, own.values).sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(5)
        let lists = zip(rankers, tops).map { ranker, top in
            let places = top.enumerated().map { rank, recommendation in
                ListExample.Place(
                    item: recommendation.id, title: fold.train.items.titles[recommendation.item],
                    isRelevant: ranker.lists[place].relevance[rank],
                    listCount: tops.count { $0.contains { $0.item == recommendation.item } },
                    reason: recommendation.reasons?.first)
            }
            return ListExample.List(model: ranker.name, places: places)
        }
        return ListExample(
            user: train.users[user], ratingCount: own.count,
            favorites: favorites.map { fold.train.title(of: Int($0.0)) },
            sharedCount: shared, cutoff: cutoff, lists: lists)
    }
}

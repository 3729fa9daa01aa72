import Factorization
import Inputs
import LinearAlgebra
import Ratings

/// The ten best items that a user has not rated, for every user.
func topItemsBenchmarks() {
    let (rank, count) = (64, 10)
    measure(
        "recommend-all-100k-rank-\(rank)-top-\(count)", runs: 3, counts: ["users", "items", "recommended"],
        rate: "users/s",
        of: {
            let ratings = try ratingMatrix("100k")
            guard let scale = RatingScale(of: ratings) else { throw WrongResult(description: "there is no rating") }
            let model = ImplicitModel(
                users: randomMatrix(rows: ratings.users.count, columns: rank, seed: 1),
                items: randomMatrix(rows: ratings.items.count, columns: rank, seed: 2),
                configuration: ImplicitConfiguration(), scale: scale,
                likes: PopularityModel.fit(ratings))
            return (ratings: ratings, model: model)
        },
        { input in
            Parallel.map(input.ratings.users.count, threads: 2) { user in
                input.model.topItems(
                    user: user, count: count, excluding: input.ratings.userRatings(user).items)
            }
        },
        check: { input, lists in
            for user in [0, lists.count - 1] {
                let scores = input.model.scores(user: user)
                let seen = Set(input.ratings.ratings(ofUser: user).map { Int($0.0) })
                let unseen = scores.indices.filter { !seen.contains($0) }
                let best = unseen.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(count)
                try require(lists[user] == Array(best), "the list of user \(user)")
            }
            let items = input.ratings.items.count
            return Outcome([lists.count, items, lists.reduce(0) { $0 + $1.count }], work: Double(lists.count))
        })
}

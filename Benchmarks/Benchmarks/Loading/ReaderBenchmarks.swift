import Foundation
import Inputs
import LinearAlgebra
import RatingFiles
import Ratings

/// A CSV file into the rating matrix, in both orientations.
func readerBenchmarks() {
    measure(
        "read-csv-1m", runs: 3, counts: ["ratings", "users", "items"], rate: "ratings/s",
        of: { try ratingsFile("1m") },
        { path in
            var reader = RatingsReader()
            reader.threads = 2
            let ratings = try reader.read(path).ratings
            return (ratings: ratings, byItem: ratings.byUser.transposed())
        },
        check: { path, output in
            let ratings = output.ratings
            let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            try require(ratings.count == 1_000_209 && ratings.users.count == 6040, "\(ratings.count) ratings")
            let sum = ratings.byUser.values.reduce(0) { $0 + Double($1) }
            try require(output.byItem.values.reduce(0) { $0 + Double($1) } == sum, "the sum of the transpose")
            try require(bytes > 20_000_000, "a file of \(bytes) bytes")
            return Outcome([ratings.count, ratings.users.count, ratings.items.count], work: Double(ratings.count))
        })
}

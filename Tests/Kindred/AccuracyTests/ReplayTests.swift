import Engine
import Evaluation
import Foundation
import RatingFiles
import Ratings
import TestSupport
import Testing

/// MovieLens 100K as a stream, with the defaults of `kindred replay`.
@Suite(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
struct ReplayTests {
    /// Damped running biases as a short script has them: errors over all ratings and over the last 10,000.
    private func biasErrors(_ path: String) throws -> (all: Double, last: Double) {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var rows = text.split(separator: "\n").map { $0.split(separator: "\t").compactMap { Int($0) } }
        rows.sort { ($0[3], $0[0], $0[1]) < ($1[3], $1[0], $1[1]) }
        var (sum, count) = (0.0, 0.0)
        var users = [(sum: Double, count: Double)](repeating: (0, 0), count: 2_000)
        var items = users
        var squares: [Double] = []
        for row in rows {
            let (user, item, rating) = (row[0], row[1], Double(row[2]))
            let mean = count > 0 ? sum / count : 3
            let itemBias = items[item].sum / (items[item].count + 5)
            let error = min(5, max(1, mean + itemBias + users[user].sum / (users[user].count + 5))) - rating
            squares.append(error * error)
            (sum, count) = (sum + rating, count + 1)
            items[item] = (items[item].sum + rating - mean, items[item].count + 1)
            users[user] = (users[user].sum + rating - mean - itemBias, users[user].count + 1)
        }
        func root(_ squares: ArraySlice<Double>) -> Double {
            (squares.reduce(0, +) / Double(squares.count)).squareRoot()
        }
        return (root(squares[...]), root(squares.suffix(10_000)))
    }

    /// Published beside: running biases 0.961 over all and 0.983 over the last 10,000; River's BiasedMF 0.948 over all.
    @Test func `als is below the running biases, and they are what a short script gives`() throws {
        let path = "\(movieLens100K ?? "")/u.data"
        let ratings = try RatingsReader().read(path).ratings
        let replay = try Replay(ratings, StreamConfiguration(), likeThreshold: 4)
        let last = try #require(replay.points.last)
        func sums(_ parts: [PrequentialError.Part], _ model: String, _ users: PrequentialError.Users) throws
            -> ErrorSums
        {
            try #require(parts.first { $0.model == model && $0.users == users }).sums
        }
        let biases = try sums(last.total, "baseline", .all)
        let (all, recent) = try biasErrors(path)
        #expect(biases.count == 100_000)
        #expect(abs((biases.rmse ?? 0) - all) < 1e-6 && abs(all - 0.961) < 0.002)
        let window = try sums(last.window, "baseline", .all)
        #expect(abs((window.rmse ?? 0) - recent) < 1e-6 && abs(recent - 0.983) < 0.002)
        let als = try sums(last.total, "als", .all)
        #expect(0.93..<0.944 ~= als.rmse ?? 0)
        #expect(try sums(last.total, "als", .new).count == 9_430)
        let popularity = try sums(last.total, "popularity", .all)
        #expect(popularity.likes == als.likes && 0.09..<0.11 ~= popularity.hitRate ?? 0)
    }
}

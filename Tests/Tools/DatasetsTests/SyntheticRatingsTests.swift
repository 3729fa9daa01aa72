import Datasets
import Testing

struct SyntheticRatingsTests {
    private func rows(_ ratings: SyntheticRatings) -> [SyntheticRatings.Row] {
        (0..<ratings.shape.users).flatMap(ratings.rows)
    }

    @Test func `ratings have the requested shape`() throws {
        let shape = try SyntheticShape("300x200x9000")
        let rows = rows(SyntheticRatings(shape, communities: 5, mixing: 0.6, seed: 1))
        #expect(rows.count == 9000)
        #expect(Set(rows.map(\.user)).count == 300)
        #expect(rows.allSatisfy { (0..<200).contains($0.item) && (1...10).contains($0.halfStars) })
        #expect(Set(rows.map { $0.user * 200 + $0.item }).count == 9000)
        let activity = Dictionary(grouping: rows, by: \.user).mapValues(\.count)
        #expect(activity.values.allSatisfy { $0 >= 15 })
    }

    @Test func `item popularity falls off as for films`() throws {
        let shape = try SyntheticShape("2000x1500x120000")
        let rows = rows(SyntheticRatings(shape, communities: 8, mixing: 0.6, seed: 1))
        let counts = Dictionary(grouping: rows, by: \.item).values.map(\.count).sorted()
        #expect(Double(counts[counts.count - 1]) / 2000 > 0.3)
        #expect(counts[counts.count / 2] < 60)
    }

    /// A tenth of the users of the 20M shape: half of them rated the most popular film, and the median film, unrated
    /// ones included, has a tenth of 25 ratings.
    @Test func `large catalogues have a head and a long tail`() throws {
        let ratings = SyntheticRatings(try SyntheticShape("20m"), communities: 8, mixing: 0.6, seed: 1)
        var counts = [Int](repeating: 0, count: ratings.shape.items)
        let users = stride(from: 0, to: ratings.shape.users, by: 10)
        for user in users {
            let rows = ratings.rows(ofUser: user)
            #expect(rows.count >= 20)
            for row in rows { counts[row.item] += 1 }
        }
        counts.sort()
        #expect(0.45...0.55 ~= Double(counts[counts.count - 1]) / Double(Array(users).count))
        #expect(1...4 ~= counts[counts.count / 2])
    }

    @Test func `same seed gives the same ratings`() throws {
        let shape = try SyntheticShape("50x40x600")
        let make = { (seed: UInt64) in rows(SyntheticRatings(shape, communities: 3, mixing: 0.5, seed: seed)) }
        #expect(make(1) == make(1))
        #expect(make(1) != make(2))
    }

    @Test func `users without mixing rate mostly within their community`() throws {
        let ratings = SyntheticRatings(try SyntheticShape("200x400x4000"), communities: 4, mixing: 0, seed: 3)
        let isOwn = rows(ratings).map { ratings.userCommunities[$0.user] == ratings.itemCommunities[$0.item] }
        // The most active users run out of films in their community.
        #expect(Double(isOwn.count { $0 }) / Double(isOwn.count) > 0.9)
    }

    @Test(arguments: ["", "2x3", "2x3x", "0x5x5", "axbxc", "2x3x7", "10x10x5", "99999999999999999999x1x1"])
    func `malformed shapes are rejected`(_ text: String) {
        #expect(throws: SyntheticShapeError.self) { try SyntheticShape(text) }
    }

    @Test func `named shapes are known`() throws {
        #expect(try SyntheticShape("1m").users == 6040)
        #expect(try SyntheticShape("20M").ratings == 20_000_263)
    }

    @Test func `every film has a unique title`() {
        let catalog = SyntheticCatalog(itemCommunities: (0..<3000).map { $0 % 8 }, seed: 1)
        let films = (0..<3000).map(catalog.film)
        #expect(Set(films.map(\.title)).count == 3000)
        #expect(films.allSatisfy { (1...2).contains($0.genres.count) })
    }
}

import Graphs
import Neighbors
import Ratings
import TestSupport
import Testing

struct CommunityProfileTests {
    @Test func `lift matches the worked example`() {
        let lift = Lift(inside: 8, of: 10, outside: 10, of: 90)
        #expect(abs(lift.value - 6.272727) < 1e-6)
    }

    /// Users 0–3 like item 0, users 4–7 item 1; all rate item 2 low.
    private var ratings: RatingMatrix {
        RatingMatrix(
            rows: (0..<8).map { user in [(0, user < 4 ? 5 : 1), (1, user < 4 ? 1 : 5), (2, 2)] }, itemCount: 3)
    }

    private var profiles: [CommunityProfile] { profiles(threads: 1) }

    private func profiles(threads: Int) -> [CommunityProfile] {
        CommunityProfile.profiles(
            of: Partition(labels: [0, 0, 0, 0, 1, 1, 1, 1]),
            in: Graph(8, [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7), (3, 4)]),
            dataset: Dataset(
                ratings: ratings,
                items: ItemCatalog(
                    titles: ["A", "B", nil], genreNames: ["War", "Love"], genres: [[0], [1], []]),
                users: UserCatalog(attributes: [
                    .init(name: "job", values: ["x", "x", "x", "y", "y", "y", "y", nil])
                ])), threads: threads)
    }

    @Test func `profiles show the items, genres and attributes typical of each community`() {
        #expect(profiles.map { $0.topItems.map(\.index) } == [[0], [1]])
        // 4 of 4 inside and 0 of 4 outside: (5/6) / (1/6).
        #expect(abs((profiles[0].topItems.first?.lift.value ?? 0) - 5) < 1e-12)
        #expect(profiles.map { $0.topGenres.map(\.index) } == [[0], [1]])
        #expect(profiles[0].topAttributes.map(\.value) == ["x"])
        #expect(profiles[1].topAttributes.map(\.value) == ["y"])
        #expect(profiles.allSatisfy { abs($0.meanRating - 8.0 / 3) < 1e-12 })
    }

    @Test(arguments: [2, 3, 9])
    func `profiles are identical at any thread count`(_ threads: Int) {
        #expect("\(profiles(threads: threads))" == "\(profiles)")
    }

    @Test func `singleton communities have empty profiles`() {
        let alone = CommunityProfile.profiles(
            of: Partition(singletons: 8), in: Graph(8, []), dataset: Dataset(ratings: ratings), threads: 2)
        #expect(alone.allSatisfy { $0.topItems.isEmpty && $0.topGenres.isEmpty && $0.topAttributes.isEmpty })
    }
}

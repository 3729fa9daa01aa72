import Engine
import Factorization
import Live
import Ratings
import Store
import TestSupport

/// A store of random ratings, and an engine that fits quick models on them.
public struct LiveSample: Sendable {
    public let scratch: Scratch
    public let store: Store
    public var configuration = LiveConfiguration()

    /// - Parameter userPrefix: what ids of users begin with.
    public init(users: Int = 40, items: Int = 30, userPrefix: String = "") throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
        let ratings = RatingMatrix.random(users: users, items: items, density: 0.4, seed: 6)
        let entries = (0..<users).flatMap { user in
            ratings.ratings(ofUser: user).map { (Int32(user), $0.0, $0.1) }
        }
        let source = ImportSource(
            name: "random", checksum: "random",
            entries: [
                RatingEntries(
                    users: entries.map(\.0), items: entries.map(\.1), values: entries.map(\.2), timestamps: nil)
            ], userIDs: Vocabulary((0..<users).map { userPrefix + ratings.users[$0] }), itemIDs: ratings.items,
            items: ItemCatalog(
                titles: (0..<items).map { "Film \($0)" }, genreNames: [], genres: [[Int]](repeating: [], count: items)),
            users: UserCatalog(), malformed: [], lines: { $0.map { ($0, "") } })
        _ = try store.importRatings(source, scale: 0.5...5, now: 100)
        configuration.kinds = [.blend, .als, .implicit, .bayes, .knn, .popularity]
        configuration.compared = [.als, .knn]
        configuration.models.bayes.samples = 10
        configuration.version = "test"
    }

    /// A store that is there, in a folder of its own.
    public init(_ scratch: Scratch, _ store: Store) {
        self.scratch = scratch
        self.store = store
    }

    public func engine() throws -> LiveEngine { try LiveEngine(store, configuration) }

    public func rate(_ user: String, _ item: Int, _ value: Float) -> RatingSubmission {
        RatingSubmission(.rate([RatingEvent(user: user, item: "\(item)", value: value, time: 200)]))
    }
}

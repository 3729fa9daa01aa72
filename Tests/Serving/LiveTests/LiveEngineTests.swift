import Engine
import Factorization
import Foundation
import Live
import Neighbors
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct LiveEngineTests {
    private let sample: LiveSample

    init() throws { sample = try LiveSample() }

    /// What a restart reads back answers as what was computed: every model, for known and for new users.
    @Test func `a saved snapshot answers as it did before`() async throws {
        let engine = try sample.engine()
        #expect(engine.snapshot == nil)
        #expect(try engine.isBehind())
        let computed = try #require(try await engine.refresh())
        let restored = try #require(try sample.engine().snapshot)
        #expect(restored.run == computed.run && restored.comparison == computed.comparison)
        #expect(restored.graph.partition == computed.graph.partition)
        #expect(restored.graph.modularity == computed.graph.modularity)
        let guest = Person(guest: UserRatings([(item: 3, rating: Float(5)), (item: 7, rating: 1)]))
        let people = [0, 1, 5, 20].map { Person(user: $0, of: computed.ratings) } + [guest]
        for kind in sample.configuration.kinds {
            for person in people {
                let lists = try [computed, restored].map {
                    try #require($0.recommender(kind)).recommend(to: person, count: 5, reasons: .namingUsers)
                }
                #expect(lists[0] == lists[1] && lists[0].count == 5, "\(kind)")
            }
        }
    }

    /// Models with other parameters than those that are asked for answer until a refresh has computed them anew.
    @Test func `a snapshot with other parameters is behind`() async throws {
        _ = try await sample.engine().refresh()
        #expect(try !sample.engine().isBehind())
        var other = sample.configuration
        other.models.als.regularization = 1.5
        let engine = try LiveEngine(sample.store, other)
        #expect(try engine.snapshot != nil && engine.isBehind())
        _ = try await engine.refresh()
        #expect(try !engine.isBehind() && !LiveEngine(sample.store, other).isBehind())
    }

    /// What is a like is a parameter too; the number of the scale, when it is typed, is no other.
    @Test func `a snapshot with another minimum of likes is behind`() async throws {
        let snapshot = try #require(try await sample.engine().refresh())
        var other = sample.configuration
        other.models.relevance = RatingScale.likeThreshold(of: [snapshot.ratings])
        #expect(try !LiveEngine(sample.store, other).isBehind())
        other.models.relevance = 2
        #expect(try LiveEngine(sample.store, other).isBehind())
    }

    @Test func `a run keeps its metrics and lists`() async throws {
        let engine = try sample.engine()
        let snapshot = try #require(try await engine.refresh())
        let metrics = snapshot.run.metrics
        #expect(metrics.filter { $0.metric == "rmse" }.map(\.model) == ["als", "knn"])
        #expect(metrics.contains { $0.metric == "modularity" } && snapshot.comparison?.contains("\"rmse\"") == true)
        let (rows, total) = try sample.store.recommendations(of: snapshot.run, limit: 10, offset: 0)
        let user = try #require(snapshot.ratings.users.index(of: rows[0].user))
        let person = Person(user: user, of: snapshot.ratings)
        let kind = try #require(ModelKind(rawValue: rows[0].model))
        let list = try #require(snapshot.recommender(kind)).recommend(to: person, count: 10)
        #expect(rows.prefix(10).map(\.item) == list.map(\.id))
        #expect(rows.prefix(10).map(\.predictedRating) == list.map(\.predictedRating))
        #expect(rows.prefix(10).map(\.score) == list.map { $0.score.map(Double.init) })
        #expect(total == 10 * 6 * snapshot.ratings.users.count)
        #expect(try !engine.isBehind())
    }

    /// A user whose ratings have changed is answered by them, until a refresh has seen them.
    @Test func `users with new ratings are folded in`() async throws {
        let engine = try sample.engine()
        let first = try #require(try await engine.refresh())
        #expect(try engine.person("new", in: first) == nil)
        #expect(try engine.person("0", in: first)?.user == first.ratings.users.index(of: "0"))
        #expect(try await engine.submit(sample.rate("new", 3, 5)) == .done)
        #expect(try await engine.submit(sample.rate("0", 3, 5)) == .done)
        let person = try #require(try engine.person("0", in: first))
        #expect(person.user == nil && person.ratings.items.contains(3))
        #expect(try engine.person("new", in: first)?.ratings == UserRatings([(item: 3, rating: Float(5))]))
        // A restart knows them still.
        #expect(try sample.engine().change(of: "new") != nil)
        let second = try #require(try await engine.refresh())
        #expect(engine.change(of: "new") == nil && second.run.number == first.run.number + 1)
        #expect(try engine.person("new", in: second)?.user == second.ratings.users.index(of: "new"))
    }

    @Test func `refreshes run one at a time`() async throws {
        let engine = try sample.engine()
        let results = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { try await engine.refresh() != nil } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.contains(true))
        #expect(try sample.store.runs(limit: 10, offset: 0).total == results.count { $0 })
        #expect(!engine.isRefreshing)
    }

    /// Submissions that come at once all end, each with its own outcome, and all are stored.
    @Test func `concurrent submissions are all stored`() async throws {
        let engine = try sample.engine()
        let outcomes = try await withThrowingTaskGroup(of: RatingSubmission.Outcome.self) { group in
            for number in 0..<300 {
                group.addTask { try await engine.submit(sample.rate("many", number % 40, Float(1 + number % 5))) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        // Items 30 to 39 are not there.
        #expect(outcomes.count { $0 == .done } == 230 && outcomes.count { $0 != .done } == 70)
        #expect(try sample.store.ratings(ofUser: "many")?.count == 30)
    }

    @Test func `events reach every listener`() async throws {
        let engine = try sample.engine()
        let stream = engine.events.listen()
        _ = try await engine.submit(sample.rate("0", 3, 5))
        _ = try await engine.refresh()
        var names: [String] = []
        reading: for await event in stream {
            switch event {
            case .ratings(let ratings): names.append("rated \(ratings[0].item)")
            case .progress(let stage, _): if names.last != stage { names.append(stage) }
            case .refreshed(let run):
                names.append("run \(run)")
                break reading
            }
        }
        #expect(names.first == "rated 3" && names.last == "run 1" && names.contains("als") && names.contains("saving"))
    }

    // MARK: Comparisons and stages

    @Test func `a run lists its stages with their seconds`() async throws {
        let run = try #require(try await sample.engine().refresh()).run
        #expect(
            run.stages.map(\.stage) == [
                "reading", "similarity", "graph", "communities", "profiles", "blend", "als", "implicit", "bayes",
                "knn", "popularity", "comparing als", "comparing knn", "lists", "files", "saving",
            ])
        #expect(run.stages.allSatisfy { $0.seconds >= 0 && $0.seconds <= run.seconds })
        #expect(run.comparison == .own)
        #expect(try sample.store.runs(limit: 1, offset: 0).runs == [run])
    }

    /// Models are fitted beside their comparison, and neither depends on the threads.
    @Test func `a run is the same at any number of threads`() async throws {
        let files = try await [1, 2, 5].asyncMap { threads in
            var sample = try LiveSample()
            sample.configuration.threads = threads
            _ = try await sample.engine().refresh()
            let (run, files) = try #require(try sample.store.newestRun())
            // The comparison tells how long the fits took, and a model how many threads it was fitted on.
            let kept = files.filter { $0.key.hasSuffix(".npy") }
            return (
                run.metrics, run.options, kept, try sample.store.recommendations(of: run, limit: 5_000, offset: 0).rows
            )
        }
        for other in files.dropFirst() {
            #expect(other.0 == files[0].0 && other.1 == files[0].1 && other.2 == files[0].2 && other.3 == files[0].3)
        }
    }

    /// With 1 % of 371 ratings, three changes are few and four are not; they add up over the runs.
    @Test func `a comparison is kept while few ratings change`() async throws {
        try #require(try sample.store.counts().ratings == 371)
        func refreshed(after items: Range<Int>) async throws -> LiveSnapshot {
            // Another engine each time, as after a restart.
            let engine = try sample.engine()
            for item in items { _ = try await engine.submit(sample.rate("new", item, 3)) }
            return try #require(try await engine.refresh())
        }
        let first = try await refreshed(after: 0..<0)
        let steps: [(items: Range<Int>, comparison: StoredRun.Comparison)] = [
            (0..<0, .kept(fromRun: 1, changedRatings: 0)),
            // Two ratings and a user.
            (0..<2, .kept(fromRun: 1, changedRatings: 3)),
            (0..<2, .kept(fromRun: 1, changedRatings: 3)),
            (2..<3, .own),
            (3..<4, .kept(fromRun: 5, changedRatings: 1)),
        ]
        for (items, comparison) in steps {
            let snapshot = try await refreshed(after: items)
            #expect(snapshot.run.comparison == comparison)
            let isOwn = comparison == .own
            #expect(snapshot.run.stages.contains { $0.stage == "comparing als" } == isOwn)
            if snapshot.run.number < 5 {
                #expect(snapshot.comparison == first.comparison)
                let metrics = [snapshot, first].map { $0.run.metrics.filter { !$0.model.isEmpty } }
                #expect(metrics[0] == metrics[1])
            }
        }
    }

    /// What is compared, how, and by which program: all of it has to be the same.
    @Test(
        arguments: [
            { $0.compared = [.als] }, { $0.models.als.iterations = 3 }, { $0.models.seed = 5 }, { $0.version = "next" },
        ] as [@Sendable (inout LiveConfiguration) -> Void])
    func `a comparison with other options is not kept`(_ change: @Sendable (inout LiveConfiguration) -> Void)
        async throws
    {
        var sample = sample
        _ = try await sample.engine().refresh()
        sample.configuration.threads = 2
        #expect(try await sample.engine().refresh()?.run.comparison == .kept(fromRun: 1, changedRatings: 0))
        change(&sample.configuration)
        #expect(try await sample.engine().refresh()?.run.comparison == .own)
    }

    @Test func `a threshold of 0 compares again after any change`() async throws {
        var sample = sample
        sample.configuration.compareAfter = 0
        let engine = try sample.engine()
        _ = try await engine.refresh()
        #expect(try await engine.refresh()?.run.comparison == .kept(fromRun: 1, changedRatings: 0))
        _ = try await engine.submit(sample.rate("0", 3, 0.5))
        _ = try await engine.submit(sample.rate("0", 3, 5))
        #expect(try await engine.refresh()?.run.comparison == .own)
        sample.configuration.compared = []
        #expect(try await sample.engine().refresh()?.run.comparison == nil)
    }

    // MARK: Similarities

    /// Every pair as the neighbor table has it.
    @Test func `similarities among users equal the neighbor table`() async throws {
        let snapshot = try #require(try await sample.engine().refresh())
        let users = [7, 0, 12, 25]
        let rows = try snapshot.graph.similarities(among: users, sample.configuration)
        for (one, user) in users.enumerated() {
            for (other, neighbor) in users.enumerated() {
                let near = snapshot.graph.neighbors.neighbors(of: user).first { $0.user == neighbor }
                #expect(rows[one][other] == (one == other ? 1 : near?.similarity ?? 0))
            }
        }
    }

    @Test func `a store without ratings fails to refresh`() async throws {
        let store = try Store(sample.scratch.path("empty.sqlite"), creates: true)
        let engine = try LiveEngine(store, sample.configuration)
        await #expect(throws: StoreError.self) { try await engine.refresh() }
        #expect(engine.snapshot == nil && !engine.isRefreshing)
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}

import Engine
import Foundation
import HTTPTypes
import HummingbirdTesting
import LinearAlgebra
import Live
import Privacy
import Ratings
import Service
import ServingSupport
import Store
import TestSupport
import Testing

/// All that a key without the role admin is told of a small store, against every difference of two or three figures.
struct DifferencingTests {
    private static let fewest = 3

    /// Ratings of a random store: users, items and times in clusters, so that some cells are of few and some of many.
    private struct Sample {
        var ratings: [(user: String, item: String, value: Float, time: Int64?, arrived: Int64)] = []
        let genres = ["a": ["A", "B"], "b": ["A"], "c": ["B"], "d": ["C"], "e": ["C", "A"], "f": ["B"], "g": ["D"]]

        init(seed: UInt64, now: Int64) {
            var generator = SeededGenerator(seed: seed)
            let items = genres.keys.sorted()
            let users = 10 + generator.next(below: 8)
            for user in 0..<users {
                for (place, item) in items.enumerated() where generator.uniform() < 0.95 - 0.13 * Double(place) {
                    let month = generator.next(below: 3)
                    let day = 86_400 * Int64(generator.next(below: 2) + 31 * month)
                    let time =
                        1_577_836_800 + day + 3_600 * Int64(generator.next(below: 2)) + 60
                        * Int64(generator.next(below: 2))
                    let value = Float([5, 4, 4, 3, 1][generator.next(below: generator.uniform() < 0.7 ? 3 : 5)])
                    let arrived = now - [60, 120, 2_400, 40_000, 500_000, 5_000_000][generator.next(below: 6)]
                    ratings.append(
                        ("u\(user)", item, value, generator.uniform() < 0.05 ? nil : time, arrived))
                }
            }
        }

        func importAll(into store: Store) throws {
            for arrived in Set(ratings.map(\.arrived)).sorted() {
                for isTimed in [true, false] {
                    let rows = ratings.filter { $0.arrived == arrived && ($0.time != nil) == isTimed }
                    guard !rows.isEmpty else { continue }
                    let (users, items) = (Vocabulary(rows.map(\.user)), Vocabulary(rows.map(\.item)))
                    let names = ["A", "B", "C", "D"]
                    _ = try store.importFile(
                        ImportSource(
                            name: "rows", checksum: "\(arrived) \(isTimed)",
                            entries: [
                                RatingEntries(
                                    users: rows.map { Int32(users.index(of: $0.user) ?? 0) },
                                    items: rows.map { Int32(items.index(of: $0.item) ?? 0) }, values: rows.map(\.value),
                                    timestamps: isTimed ? rows.map { $0.time ?? 0 } : nil)
                            ], userIDs: users, itemIDs: items,
                            items: ItemCatalog(
                                titles: (0..<items.count).map { "Film \(items[$0])" }, genreNames: names,
                                genres: (0..<items.count).map { item in
                                    (genres[items[item]] ?? []).compactMap(names.firstIndex)
                                }), users: UserCatalog(), malformed: [], lines: { $0.map { ($0, "") } }),
                        scale: 1...5, now: arrived)
                }
            }
        }
    }

    private static func text(_ time: Int64, _ format: Date.ISO8601FormatStyle) -> String {
        Date(timeIntervalSince1970: Double(time)).formatted(format)
    }

    private static let day = Date.ISO8601FormatStyle().year().month().day()

    /// The start of the minute, hour or day as the views write it.
    private static func period(_ time: Int64, _ length: Int64) -> String {
        let second = time / length * length % 86_400
        let (hour, minute) = (second / 3_600, second % 3_600 / 60)
        return "\(text(time, day)) \(hour / 10)\(hour % 10):\(minute / 10)\(minute % 10)"
    }

    private static func timeFacts(_ time: Int64) -> [String: String] {
        [
            "month": String(text(time, day).prefix(7)), "day": text(time, day), "hour": period(time, 3_600),
            "minute": period(time, 60),
        ]
    }

    private static func arrivalFacts(_ arrived: Int64, now: Int64) -> [String: String] {
        var facts = ["arrival": period(arrived, 60)]
        for length in GroupedWindow.lengths where arrived >= now - length { facts["within \(length)"] = "yes" }
        return facts
    }

    /// What the service answers of one store.
    private struct Answers {
        let service: TestService
        let role: Role
        let search: DifferencingSearch
        var cells: Set<ToldCell> = []

        mutating func add(_ family: String, _ facts: [String: Set<String>], ratings: Int) {
            let cell = ToldCell(family: family, facts: facts)
            #expect(search.rows(cell).count == ratings, "\(cell) is something else")
            cells.insert(cell)
        }

        func json(_ path: String) async throws -> [String: Any] {
            let reply = try await service.send(.get, path, as: role)
            try #require(reply.status == .ok, "\(path): \(reply.text)")
            return try reply.json()
        }

        func view(_ name: String) async throws -> [[Any]] {
            try #require(try await json("/analytics/\(name)")["rows"] as? [[Any]])
        }
    }

    private static func search(_ sample: Sample, _ snapshot: LiveSnapshot, now: Int64) -> DifferencingSearch {
        let rated = Dictionary(grouping: sample.ratings, by: \.user).mapValues { Set($0.map(\.item)) }
        return DifferencingSearch(
            ratings: sample.ratings.map { rating in
                var facts = [
                    "item": rating.item, "value": "\(rating.value)",
                    "import": "\(rating.arrived) \(rating.time != nil)",
                ]
                if let time = rating.time { facts.merge(timeFacts(time)) { $1 } }
                facts.merge(arrivalFacts(rating.arrived, now: now)) { $1 }
                for item in rated[rating.user] ?? [] { facts["rated \(item)"] = "yes" }
                let user = snapshot.ratings.users.index(of: rating.user) ?? 0
                facts["community"] = "\(snapshot.graph.community(of: user))"
                return CutRating(user: rating.user, facts: facts)
            }, fewest: fewest)
    }

    private func answers(seed: UInt64, as role: Role) async throws -> Answers {
        let now = Int64(Date().timeIntervalSince1970)
        let sample = Sample(seed: seed, now: now)
        let scratch = try Scratch()
        let store = try Store(scratch.path("s.sqlite"), creates: true)
        try sample.importAll(into: store)
        var live = LiveSample(scratch, store)
        live.configuration.kinds = [.popularity]
        live.configuration.compared = []
        live.configuration.smallestGroup = SmallestGroup(size: Self.fewest)
        let service = try await TestService(of: live)
        let snapshot = try #require(service.live.snapshot)
        var answers = Answers(service: service, role: role, search: Self.search(sample, snapshot, now: now))
        try await addViews(to: &answers, sample)
        try await addFilms(to: &answers, sample, snapshot)
        try await addTop(to: &answers)
        for community in try await service.send(.get, "/communities?per_page=100", as: role).list() {
            let number = try #require(community["community"] as? Int)
            let facts: [String: Set<String>] = ["community": ["\(number)"]]
            answers.add(
                "communities", facts, ratings: answers.search.rows(ToldCell(family: "", facts: facts)).count)
        }
        try await addGraph(to: &answers)
        try await addCatalog(to: &answers)
        let summary = try await answers.json("/summary")
        answers.add("all", [:], ratings: try #require(summary["ratings"] as? Int))
        return answers
    }

    private func addViews(to answers: inout Answers, _ sample: Sample) async throws {
        for row in try await answers.view("rating_distribution") {
            answers.add(
                "values", ["value": ["\(Float(try #require(row[0] as? Double)))"]], ratings: row[1] as? Int ?? -1)
        }
        for name in ["top_items", "top_items_bayesian", "cold_items"] {
            for row in try await answers.view(name) where row[2] as? Int != 0 {
                answers.add("items", ["item": [try #require(row[0] as? String)]], ratings: row[2] as? Int ?? -1)
            }
        }
        let told = Set(answers.cells.flatMap { $0.facts["item"] ?? [] })
        for row in try await answers.view("genre_preference") {
            let genre = try #require(row[0] as? String)
            let items = told.filter { sample.genres[$0]?.contains(genre) == true }
            answers.add("genre \(genre)", ["item": items], ratings: row[1] as? Int ?? -1)
        }
        for row in try await answers.view("user_activity") {
            answers.add("months", ["month": [try #require(row[0] as? String)]], ratings: row[2] as? Int ?? -1)
        }
        for name in ["day", "hour", "minute"] {
            for row in try await answers.view("ratings_per_\(name)") {
                let text = try #require(row[0] as? String)
                var facts: [String: Set<String>] = [
                    "month": [String(text.prefix(7))], "day": [String(text.prefix(10))],
                ]
                if name != "day" { facts["hour"] = [String(text.prefix(14)) + "00"] }
                if name == "minute" { facts["minute"] = [text] }
                answers.add(name, facts, ratings: row[1] as? Int ?? -1)
            }
        }
        for row in try await answers.view("ratings_per_minute_of_arrival") {
            answers.add("arrivals", ["arrival": [try #require(row[0] as? String)]], ratings: row[1] as? Int ?? -1)
        }
        for row in try #require(try await answers.json("/summary")["newest_minutes"] as? [[String: Any]]) {
            guard let ratings = row["ratings"] as? Int, ratings > 0 else { continue }
            let minute = Int64(try #require(row["minute"] as? Int))
            // Administrators are told what has come since the service started: nothing.
            answers.add("arrivals", ["arrival": [Self.period(minute, 60)]], ratings: ratings)
        }
    }

    private func addFilms(to answers: inout Answers, _ sample: Sample, _ snapshot: LiveSnapshot) async throws {
        let fans = Set([1, 3, 4, 5].filter { Float($0) >= snapshot.relevance }.map { "\(Float($0))" })
        for item in sample.genres.keys.sorted() where sample.ratings.contains(where: { $0.item == item }) {
            let film = try await answers.json("/movies/\(item)")
            if let ratings = film["ratings"] as? Int { answers.add("items", ["item": [item]], ratings: ratings) }
            for bar in film["distribution"] as? [[String: Any]] ?? [] {
                let value = "\(Float(try #require(bar["rating"] as? Double)))"
                answers.add("item \(item)", ["item": [item], "value": [value]], ratings: bar["count"] as? Int ?? -1)
            }
            let loved = try await answers.json("/movies/\(item)/fans")
            if let count = loved["fans"] as? Int {
                answers.add("fans", ["item": [item], "value": fans], ratings: count)
            }
            for share in try #require(loved["communities"] as? [[String: Any]]) {
                let community = "\(try #require(share["community"] as? Int))"
                answers.add(
                    "fans of \(item)", ["item": [item], "value": fans, "community": [community]],
                    ratings: share["fans"] as? Int ?? -1)
            }
            let similar = try await answers.json("/movies/\(item)/similar?count=100")
            for near in try #require(similar["items"] as? [[String: Any]]) {
                guard let support = near["support"] as? Int else { continue }
                let other = try #require(near["id"] as? String)
                answers.add("with \(item) \(other)", ["item": [item], "rated \(other)": ["yes"]], ratings: support)
            }
            let favorites = try await answers.json("/recommendations?item_id=\(item)")
            if let count = favorites["fans"] as? Int {
                answers.add("fans", ["item": [item], "value": fans], ratings: count)
            }
        }
    }

    private func addTop(to answers: inout Answers) async throws {
        for length in GroupedWindow.lengths {
            let top = try await answers.json("/movies/top?seconds=\(length)&count=100")
            for film in try #require(top["items"] as? [[String: Any]]) {
                var facts: [String: Set<String>] = ["item": [try #require(film["id"] as? String)]]
                for longer in GroupedWindow.lengths where longer >= length { facts["within \(longer)"] = ["yes"] }
                answers.add("top \(length)", facts, ratings: film["ratings"] as? Int ?? -1)
            }
        }
    }

    /// Pictures of the graph tell of communities: by how many of their users are drawn, and by means over them.
    private func addGraph(to answers: inout Answers) async throws {
        var told: Set<Int> = []
        for count in [10, 11, 12, 50, 500] {
            let nodes = try #require(try await answers.json("/graph/core?count=\(count)")["nodes"] as? [[String: Any]])
            told.formUnion(nodes.compactMap { $0["community"] as? Int })
            if answers.role == .read {
                #expect(nodes.allSatisfy { $0["degree"] is NSNull && $0["ratings"] is NSNull })
            }
        }
        for count in [2, 3, 60, 200] {
            let map = try await answers.json("/graph/heatmap?count=\(count)")
            told.formUnion(map["communities"] as? [Int] ?? [])
            guard answers.role == .read else { continue }
            let most = try await answers.json("/graph/heatmap?count=200")
            #expect(NSDictionary(dictionary: map) == NSDictionary(dictionary: most), "another count is of other users")
        }
        for community in told {
            answers.cells.insert(ToldCell(family: "communities", facts: ["community": ["\(community)"]]))
        }
    }

    /// Imports and the bars of histograms.
    private func addCatalog(to answers: inout Answers) async throws {
        let catalog = try await answers.json("/catalog")
        for source in try #require(catalog["sources"] as? [[String: Any]]) {
            guard let kept = source["kept"] as? Int else { continue }
            answers.add("imports", ["import": [try #require(source["checksum"] as? String)]], ratings: kept)
        }
        let ratings = try #require(catalog["relations"] as? [[String: Any]]).first {
            $0["name"] as? String == "ratings"
        }
        let value = (ratings?["variables"] as? [[String: Any]])?.first { $0["name"] as? String == "value" }
        for bar in value?["histogram"] as? [[String: Any]] ?? [] {
            let label = try #require((bar["label"] as? String).flatMap(Float.init))
            answers.add("bars", ["value": ["\(label)"]], ratings: bar["count"] as? Int ?? -1)
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `no figure that a read key is told, and no difference of figures, is about fewer people than a group`(
        _ seed: UInt64
    ) async throws {
        let told = try await answers(seed: seed, as: .read)
        let findings = told.search.findings(told.cells)
        #expect(findings.isEmpty, "\(findings.prefix(5))")
        #expect(told.cells.count > 10, "hardly anything is told: \(told.cells.count)")
    }

    /// The same search over what is told where cells of too few are left out, and nothing else is hidden.
    @Test func `the search finds the hole where only cells that are too small themselves are hidden`() async throws {
        var found = 0
        for seed in 1...4 as ClosedRange<UInt64> {
            let all = try await answers(seed: seed, as: .admin)
            let naive = all.cells.filter { cell in
                Set(all.search.rows(cell).map { all.search.ratings[$0].user }).count >= Self.fewest
            }
            #expect(all.search.findings(all.cells).count > all.search.findings(naive).count)
            found += all.search.findings(naive).count
        }
        #expect(found > 0)
    }
}

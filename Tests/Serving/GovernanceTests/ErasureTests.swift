import FileOutput
import Foundation
import Governance
import Platform
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct ErasureTests {
    private let sample: LiveSample
    private var store: Store { sample.store }

    init() throws { sample = try LiveSample() }

    private func output(_ name: String, _ text: String, kind: String = "graph") throws -> Output {
        let path = try sample.scratch.write(name, text)
        return Output(
            kind: kind, place: path, written: 1, sha256: sha256(Data(text.utf8)).hexadecimal, rows: 2, holdsPeople: true
        )
    }

    @Test func `files lose the rows of the user or go, and the ledger follows`() async throws {
        let list = try output("lists.csv", "user_id,rank\n7,1\n17,1\n7,2\n")
        let picture = try output("graph.graphml", "<node id='7'/>")
        let changed = try output("graph.gexf", "<node/>")
        let gone = Output(kind: "graph", place: sample.scratch.path("gone"), written: 1, holdsPeople: true)
        let naming = try output("report.json", #"{"examples":[{"user":"7"}]}"#, kind: "comparison")
        let others = try output("other.json", #"{"examples":[{"user":"17"}]}"#, kind: "comparison")
        let active = try output("active_users.csv", "id,ratings\n7,3\n17,2\n", kind: "analytics")
        try store.record([list, picture, changed, gone, naming, others, active])
        try Data("another".utf8).write(to: URL(fileURLWithPath: changed.place))
        let erasure = Erasure(store, vacuums: true)
        let receipt = try await erasure.complete(try erasure.begin("7", by: "test"))
        #expect(try String(contentsOfFile: list.place, encoding: .utf8) == "user_id,rank\n17,1\n")
        #expect(!FileManager.default.fileExists(atPath: picture.place))
        #expect(!FileManager.default.fileExists(atPath: naming.place))
        #expect(try String(contentsOfFile: active.place, encoding: .utf8) == "id,ratings\n17,2\n")
        #expect(
            try Set(store.outputs().map(\.place)) == [changed.place, list.place, others.place, active.place])
        #expect(try store.outputs().first { $0.place == list.place }?.rows == 0)
        let outcomes = try ForeignJSON.decode(ErasureRecord.self, from: Data(receipt.document.utf8)).places.map(
            \.outcome)
        #expect(Set(outcomes) == [.rewritten, .removed, .remaining, .missing, .unaffected])
        #expect(try store.unfinishedErasures().isEmpty)
        #expect(throws: GovernanceError.unknownUser) { try erasure.begin("7", by: "test") }
    }

    /// A copy that cannot be reached until it is told to.
    private actor Away: ErasableCopy {
        private struct Failure: Error {}
        private var isAway = true
        private(set) var erased: [String] = []

        nonisolated func covers(_ output: Output) -> Bool { output.place.hasPrefix("http://away/") }
        func comeBack() { isAway = false }

        func erase(_ user: String, items: [String], outputs: [Output]) async throws -> [ErasureRecord.Place] {
            if isAway { throw Failure() }
            erased.append(user)
            return [.init(kind: "index", place: "http://away/", .rewritten, count: items.count)]
        }
    }

    @Test func `an erasure waits for a server that is away, and goes on later`() async throws {
        try store.record([Output(kind: "index", place: "http://away/x", written: 1, holdsPeople: true)])
        #expect(try Erasure(store, vacuums: false).unreachedPlaces() == ["http://away/x"])
        let away = Away()
        let erasure = Erasure(store, copies: [away], vacuums: false)
        #expect(try erasure.unreachedPlaces().isEmpty)
        let job = try erasure.begin("7", by: "test")
        await #expect(throws: (any Error).self) { try await erasure.complete(job) }
        let left = try #require(try store.unfinishedErasures().first)
        #expect(left.step == .rows && left.id == "7" && !left.items.isEmpty)
        await away.comeBack()
        let receipt = try await erasure.complete(left)
        #expect(await away.erased == ["7"])
        #expect(receipt.number == 1)
        #expect(try !receipt.json.contains("\"7\""))
    }

    @Test func `the file of an id among many holds no trace of it without a vacuum`() async throws {
        let ids = (0..<3_000).map { "person-\(100_000 + ($0 * 7_919) % 100_003)" }
        let entries = RatingEntries(
            users: ids.indices.map(Int32.init), items: ids.indices.map { Int32($0 % 30) },
            values: ids.map { _ in 3 }, timestamps: nil)
        _ = try store.importRatings(
            ImportSource(
                name: "many", checksum: "many", entries: [entries], userIDs: Vocabulary(ids),
                itemIDs: Vocabulary((0..<30).map(String.init)),
                items: ItemCatalog(itemCount: 30), users: UserCatalog(), malformed: [], lines: { $0.map { ($0, "") } }),
            now: 200)
        for id in ids.prefix(20) {
            let erasure = Erasure(store, vacuums: false)
            #expect(try store.hasTrace(of: id))
            _ = try await erasure.complete(try erasure.begin(id, by: "test"))
            #expect(try !store.hasTrace(of: id))
        }
        try store.verify()
    }

    // MARK: Access

    @Test func `the archive of a user is the same twice, and holds a page, JSON and CSV`() throws {
        let archive = try PersonalArchive(of: "7", in: store, time: 1_000)
        #expect(try archive.bytes() == archive.bytes())
        let names = try archive.files.map(\.name)
        #expect(names.starts(with: ["index.html", "data.json"]) && names.contains("csv/ratings.csv"))
        #expect(throws: GovernanceError.unknownUser) { try PersonalArchive(of: "nobody", in: store, time: 0) }
    }
}

import FileOutput
import Foundation
import GRDB
import Store
import TestSupport
import Testing

struct AuditTests {
    let scratch: Scratch
    let store: Store
    private var keyPath: String { store.path + "-audit.key" }

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    private func all(_ query: AuditQuery = AuditQuery()) throws -> [AuditEntry] {
        try store.auditEntries(query).entries
    }

    // MARK: What is kept

    @Test func `entries count up and name a user only as a keyed hash`() throws {
        try store.audit("privacy.access", by: "support", about: "marked-user", detail: "as a file")
        try store.audit("admin.refresh", by: "operator")
        let entries = try all()
        #expect(entries.map(\.entry) == [1, 2] && entries.map(\.actor) == ["support", "operator"])
        #expect(entries[0].subject?.count == 64 && entries[1].subject == nil)
        try store.checkpoint()
        for name in try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) {
            let bytes = try Data(contentsOf: scratch.url.appendingPathComponent(name))
            #expect(bytes.range(of: Data("marked-user".utf8)) == nil, "\(name)")
        }
    }

    @Test func `entries are found by user and time, in both directions`() throws {
        for user in ["a", "b", "a"] { try store.audit("consent.withdraw", by: "support", about: user) }
        var query = AuditQuery()
        query.user = "a"
        #expect(try all(query).map(\.entry) == [1, 3])
        query.isNewestFirst = true
        query.limit = 1
        #expect(try store.auditEntries(query).entries.map(\.entry) == [3] && store.auditEntries(query).total == 2)
        query.since = .max
        #expect(try all(query).isEmpty)
    }

    @Test func `keys are added and removed with an entry, or not at all`() throws {
        let key = StoredKey(hash: Data([1]), name: "team", role: .auditor, created: 0)
        try store.add(key)
        #expect(throws: StoreError.self) { try store.add(key) }
        try store.removeKey(named: "team", by: "operator")
        #expect(throws: StoreError.self) { try store.removeKey(named: "team") }
        #expect(try all().map(\.action) == ["keys.add", "keys.remove"])
        #expect(try all().map(\.detail) == ["team, role auditor", "team"])
        #expect(try all().map(\.actor) == ["command line", "operator"])
    }

    @Test func `a statement is kept by the tables it names, not by its text`() throws {
        let sql = "SELECT * FROM Ratings JOIN users USING (user) WHERE id = 'marked-user'"
        for _ in 0..<2 { try store.audit(statement: sql, by: "operator") }
        try store.audit(statement: "SELECT 1", by: "operator")
        let details = try all().map(\.detail)
        #expect(details[0].hasSuffix(" on ratings, users") && !details[0].contains("marked"))
        #expect(details[0] == details[1] && details[2].hasSuffix(" on no table"))
        #expect(details[0].prefix(26) != details[2].prefix(26))
    }

    // MARK: The key

    @Test func `the key lies beside the store, for its owner alone`() throws {
        #expect(!FileManager.default.fileExists(atPath: keyPath))
        try store.audit("a", by: "b")
        let mode = try FileManager.default.attributesOfItem(atPath: keyPath)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `without its key the audit is neither verified nor continued`() throws {
        try store.audit("a", by: "b")
        let key = try Data(contentsOf: URL(fileURLWithPath: keyPath))
        try FileManager.default.removeItem(atPath: keyPath)
        #expect(throws: StoreError.self) { try store.audit("a", by: "b") }
        #expect(throws: StoreError.self) { try store.verifyAudit() }
        try Data("short".utf8).write(to: URL(fileURLWithPath: keyPath))
        #expect(throws: StoreError.self) { try store.audit("a", by: "b") }
        try key.write(to: URL(fileURLWithPath: keyPath))
        try store.audit("a", by: "b")
        #expect(try store.verifyAudit().entries == 2)
    }

    @Test func `another key finds that the first entry does not hold`() throws {
        try store.audit("a", by: "b")
        try Data((String(repeating: "0", count: 64) + "\n").utf8).write(to: URL(fileURLWithPath: keyPath))
        #expect(try store.verifyAudit().problem?.entry == 1)
    }

    @Test func `the subject of a user is a keyed hash`() throws {
        try Data((String(repeating: "0", count: 64) + "\n").utf8).write(to: URL(fileURLWithPath: keyPath))
        try store.audit("a", by: "b", about: "u")
        #expect(try all().first?.subject?.hasPrefix("e969974b3c66b8c6") == true)
    }

    // MARK: The head and the sweep

    @Test func `an empty audit holds`() throws {
        let found = try store.verifyAudit()
        #expect(found.holds && found.entries == 0 && found.first == nil)
    }

    @Test func `a head that was kept is found in the chain`() throws {
        try store.audit("a", by: "b")
        let head = try store.verifyAudit().head
        try store.audit("c", by: "d")
        #expect(try store.verifyAudit(head: head.uppercased()).holds)
        #expect(try !store.verifyAudit(head: String(repeating: "0", count: 64)).holds)
    }

    @Test func `an audit that is put back to an earlier state does not have the head`() throws {
        try store.audit("a", by: "b")
        try store.checkpoint()
        let earlier = scratch.path("earlier.sqlite")
        try FileManager.default.copyItem(atPath: store.path, toPath: earlier)
        try FileManager.default.copyItem(atPath: keyPath, toPath: earlier + "-audit.key")
        try store.audit("c", by: "d")
        let head = try store.verifyAudit().head
        let restored = try Store(reading: earlier)
        #expect(try restored.verifyAudit().holds && !restored.verifyAudit(head: head).holds)
    }

    @Test func `a sweep leaves a chain that holds and begins behind what is gone`() throws {
        for _ in 0..<3 { try store.audit("a", by: "b") }
        let head = try store.verifyAudit().head
        let tomorrow = Int64(Date().timeIntervalSince1970) + 86_400
        #expect(try store.auditEntries(before: tomorrow) == 3 && store.auditEntries(before: 0) == 0)
        #expect(try store.sweepAudit(before: 0, by: "sweep") == 0)
        #expect(try store.sweepAudit(before: tomorrow, by: "sweep") == 3)
        let found = try store.verifyAudit(head: head)
        #expect(found.holds && found.first == 4 && found.last == 4)
        #expect(try all().map(\.detail) == ["removed 3, up to entry 3"])
        try store.audit("a", by: "b")
        #expect(try store.verifyAudit().last == 5)
    }

    @Test func `what does not hold is not swept away`() throws {
        for _ in 0..<3 { try store.audit("a", by: "b") }
        try AuditForgery(store.path).run("UPDATE audit SET actor = 'x' WHERE entry = 2")
        #expect(throws: StoreError.self) { try store.sweepAudit(before: .max, by: "sweep") }
        #expect(try all().count == 3)
    }
}

/// What somebody does who can write the file and knows SQL.
struct AuditForgery {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        queue = try DatabaseQueue(path: path)
        try run(
            """
            DROP TRIGGER IF EXISTS audit_entry_is_next;
            DROP TRIGGER IF EXISTS audit_entry_stays_as_it_is;
            DROP TRIGGER IF EXISTS audit_entry_stays;
            """)
    }

    func run(_ sql: String) throws { try queue.write { try $0.execute(sql: sql) } }
}

import Foundation
import GRDB
import Store
import TestSupport
import Testing

/// Every change of a small audit is found, each on a copy of the store, made by SQL without the triggers.
struct AuditForgeryTests {
    private static let count = 5
    private let scratch: Scratch
    private let path: String

    init() throws {
        scratch = try Scratch()
        path = scratch.path("s.sqlite")
        let store = try Store(path, creates: true)
        for number in 0..<Self.count {
            try store.audit("action \(number % 2)", by: "key", about: number % 2 == 0 ? "u" : nil, detail: "\(number)")
        }
        try store.checkpoint()
    }

    /// The first thing that does not hold after some SQL.
    private func problem(after sql: String, head: String? = nil) throws -> AuditVerification.Problem? {
        let copy = scratch.path("copy-\(UUID().uuidString).sqlite")
        for ending in ["", "-audit.key"] {
            try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
        }
        try AuditForgery(copy).run(sql)
        return try Store(reading: copy).verifyAudit(head: head).problem
    }

    @Test func `what was not forged holds`() throws {
        #expect(try problem(after: "SELECT 1") == nil)
    }

    @Test(arguments: 1...count) func `a changed entry is found, whichever field was changed`(_ entry: Int) throws {
        let changes = [
            "time = time + 1", "time = time - 1", "actor = 'another'", "actor = actor || ' '", "action = 'another'",
            "action = actor, actor = action", "subject = NULL", "subject = 'f00d'", "subject = IFNULL(subject, '')",
            "detail = detail || 'x'", "detail = ''", "chain = zeroblob(32)", "chain = x''",
            "chain = substr(chain, 1, 31)",
        ]
        for change in changes {
            // What is the same as before is no change.
            if change.hasPrefix("subject = NULL"), entry % 2 == 0 { continue }
            if change.hasPrefix("subject = IFNULL"), entry % 2 == 1 { continue }
            #expect(
                try problem(after: "UPDATE audit SET \(change) WHERE entry = \(entry)")?.entry == Int64(entry),
                "\(change)")
        }
    }

    @Test(arguments: 1...count) func `a removed entry is found`(_ entry: Int) throws {
        #expect(try problem(after: "DELETE FROM audit WHERE entry = \(entry)")?.entry == Int64(entry))
        // Also where those behind it move up.
        let moved = try problem(
            after: """
                DELETE FROM audit WHERE entry = \(entry);
                UPDATE audit SET entry = -entry WHERE entry > \(entry);
                UPDATE audit SET entry = -entry - 1 WHERE entry < 0;
                """)
        #expect(moved?.entry == Int64(entry))
    }

    @Test(arguments: 1...count) func `a cut at any place is found`(_ entry: Int) throws {
        let cut = "DELETE FROM audit WHERE entry >= \(entry);"
        #expect(try problem(after: cut)?.entry == Int64(entry))
        let head = """
            INSERT OR REPLACE INTO audit_marks
            SELECT 'head', entry, chain, (SELECT seal FROM audit_marks) FROM audit ORDER BY entry DESC LIMIT 1;
            """
        #expect(try problem(after: cut + head) != nil)
        #expect(try problem(after: cut + "DELETE FROM audit_marks;") != nil)
    }

    @Test func `swapped entries are found, whichever two they are`() throws {
        for one in 1...Self.count {
            for other in 1...Self.count where one < other {
                let swap = """
                    UPDATE audit SET entry = -1 WHERE entry = \(one);
                    UPDATE audit SET entry = \(one) WHERE entry = \(other);
                    UPDATE audit SET entry = \(other) WHERE entry = -1;
                    """
                #expect(try problem(after: swap)?.entry == Int64(one), "\(one) and \(other)")
            }
        }
    }

    @Test func `an added entry is found, wherever it was put`() throws {
        for place in [-1, 0, 6, 7, 100] {
            let added =
                "INSERT INTO audit SELECT \(place), time, actor, action, subject, detail, chain FROM audit WHERE entry = 5"
            #expect(try problem(after: added) != nil, "\(place)")
        }
    }

    @Test func `a beginning that was moved is found`() throws {
        let swept = "DELETE FROM audit WHERE entry <= 2;"
        let mark = "INSERT INTO audit_marks SELECT 'start', 2, chain, seal FROM audit_marks WHERE mark = 'head';"
        #expect(try problem(after: swept)?.entry == 1)
        #expect(try problem(after: mark + swept)?.entry == 2)
    }

    /// Plain triggers stop what is no forgery but a mistake.
    @Test(arguments: [
        "UPDATE audit SET actor = 'x'", "DELETE FROM audit", "DELETE FROM audit WHERE entry = 5",
        "INSERT INTO audit VALUES (2, 0, '', '', NULL, '', x'')",
    ])
    func `SQL that is not meant for the audit leaves it as it is`(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }
    }
}

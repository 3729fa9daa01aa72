import Foundation
import ServingSupport
import Store
import TestSupport
import Testing

struct HiddenTablesTests {
    private let scratch: Scratch
    private var path: String { scratch.path("s.sqlite") }

    init() throws {
        scratch = try Scratch()
        let store = try Store(path, creates: true)
        _ = try store.importRatings(.rows([("u", "a", 1, 86_400)], titles: ["a": "A"]), now: now)
        try store.add(StoredKey(hash: Data("secret".utf8), name: "team", role: .read, created: 5))
    }

    @Test(arguments: [
        "SELECT hash FROM api_keys", "SELECT * FROM api_keys", "SELECT count(*) FROM api_keys WHERE hash > x'00'",
        "SELECT name FROM api_keys ORDER BY hash", "WITH k AS (SELECT hash AS h FROM api_keys) SELECT h FROM k",
        "SELECT (SELECT hex(hash) FROM api_keys)", "EXPLAIN SELECT hash FROM api_keys",
        "SELECT k.HASH FROM API_KEYS AS k",
        "SELECT \"hash\" FROM main.api_keys", "SELECT 1 FROM users WHERE EXISTS (SELECT hash FROM api_keys)",
        "SELECT * FROM audit", "SELECT count(*) FROM audit", "SELECT rowid FROM audit",
        "SELECT detail FROM main.\"audit\"",
        "SELECT * FROM users, audit_marks", "SELECT key FROM idempotency_keys",
        "SELECT u.id FROM users u LEFT JOIN audit a ON a.entry = u.user",
    ])
    func `SQL does not read what is hidden`(_ sql: String) throws {
        let error = #expect(throws: StoreError.self) { try ReadOnlyQuery(sql).run(onStoreAt: path) }
        #expect("\(try #require(error))".contains("SQL does not read hashes of keys"), "\(sql)")
    }

    /// Some builds of SQLite have a table of the pages of the file.
    @Test func `SQL does not read pages of the file`() {
        #expect(throws: StoreError.self) { try ReadOnlyQuery("SELECT data FROM sqlite_dbpage").run(onStoreAt: path) }
    }

    @Test func `SQL reads the rest of keys, and the schema`() throws {
        #expect(try ReadOnlyQuery.rows("SELECT name, role, created FROM api_keys", path) == ["team read 5"])
        #expect(try ReadOnlyQuery.rows("SELECT count(*) FROM pragma_table_info('audit')", path) == ["7"])
        #expect(try ReadOnlyQuery.rows("SELECT user_id FROM rating_details", path) == ["u"])
    }
}

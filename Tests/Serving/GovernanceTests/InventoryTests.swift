import Foundation
import GRDB
import Governance
import Store
import TestSupport
import Testing

/// The inventory held against the schema of a new store, and against itself.
struct InventoryTests {
    private let scratch: Scratch
    private var path: String { scratch.path("s.sqlite") }

    init() throws {
        scratch = try Scratch()
        _ = try Store(path, creates: true)
    }

    /// Every column of every table and view that a store has.
    private func columns() throws -> [Inventory.Observed] {
        try DatabaseQueue(path: path).read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT list.name, info.name FROM pragma_table_list AS list, pragma_table_info(list.name) AS info
                    WHERE list.schema = 'main' AND list.type IN ('table', 'view', 'virtual')
                        AND list.name NOT LIKE 'sqlite_%' AND list.name NOT LIKE 'grdb_%'
                    """
            ).map { .init(.store, $0[0], $0[1]) }
        }
    }

    private func execute(_ sql: String) throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
    }

    @Test func `every column of the store is declared, and every declared column is there`() throws {
        let columns = try columns()
        #expect(columns.count > 150)
        #expect(Inventory.undeclared(columns) == [])
        #expect(Inventory.unseen(columns, of: .store) == [])
    }

    @Test func `a planted column, table and view are found`() throws {
        try execute("ALTER TABLE users ADD COLUMN email TEXT")
        try execute("CREATE TABLE visits (user INTEGER, page TEXT)")
        try execute("CREATE VIEW addresses AS SELECT email AS address FROM users")
        #expect(
            try Inventory.undeclared(columns()).map(\.description)
                == ["store addresses address", "store users email", "store visits page", "store visits user"])
    }

    @Test func `a dropped column is found`() throws {
        try execute("ALTER TABLE api_keys RENAME COLUMN created TO made")
        let columns = try columns()
        #expect(Inventory.undeclared(columns).map(\.name) == ["made"])
        #expect(Inventory.unseen(columns, of: .store).map(\.name) == ["created"])
    }

    @Test(arguments: Inventory.elements)
    func `every element says what it is, and for what and for how long it is there`(_ element: DataElement) {
        #expect(!element.meaning.isEmpty, "\(element.place.rawValue) \(element.holder) \(element.name)")
        #expect(!element.purposes.isEmpty && !element.readers.isEmpty)
        #expect(element.isPersonal == !element.bases.isEmpty)
    }

    @Test func `nothing is declared twice`() {
        let names = Inventory.elements.map { Inventory.Observed($0.place, $0.holder, $0.name) }
        #expect(Set(names).count == names.count)
    }

    /// Ids of users are personal data wherever they are; metrics and the log have none.
    @Test func `metrics and the log have nothing of people`() {
        for element in Inventory.elements where [.metric, .log].contains(element.place) {
            #expect(!element.isPersonal, "\(element.holder) \(element.name)")
        }
        let ids = Inventory.elements.filter { ["user", "user_id", "neighbor"].contains($0.name) }
        #expect(ids.count > 15)
        for element in ids { #expect(element.kind == .identifier, "\(element.holder) \(element.name)") }
    }

    @Test func `a star stands for any text`() {
        func finds(_ holder: String, _ name: String) -> Bool {
            Inventory.undeclared([.init(.file, holder, name)]).isEmpty
        }
        #expect(finds("model/user_factors.npy", "values") && finds("graph/summary.json", "options.seed"))
        #expect(!finds("model/user_factors.csv", "values") && !finds("graph/summary.json", "emails.first"))
        #expect(!finds("graph/users.csv", "email") && !finds("users.csv", "user_id"))
    }
}

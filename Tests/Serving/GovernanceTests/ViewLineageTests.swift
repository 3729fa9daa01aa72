import FileOutput
import GRDB
import Store
import Testing

struct ViewLineageTests {
    private static let views = AnalyticsView.all.map(\.name) + ["rating_details"]

    private func columns(of view: String) throws -> [String] {
        let sample = try CatalogSample()
        return try sample.store.inspect { database in
            try String.fetchAll(database, sql: "SELECT name FROM pragma_table_info(?)", arguments: [view])
        }
    }

    /// SQLite tells what a view reads; a declaration cannot name anything else, but for the key of rows that are counted.
    @Test(arguments: views)
    func `every column of a view comes from columns that the view reads`(_ view: String) throws {
        let read = Set(try ViewLineage.read(byView: view))
        let key = [ViewLineage.Field("ratings", "item"), ViewLineage.Field("ratings", "user")]
        #expect(!read.isEmpty)
        for column in try columns(of: view) {
            let sources = try #require(ViewLineage.sources(ofColumn: column, ofView: view), "\(view).\(column)")
            #expect(!sources.isEmpty && read.union(key).isSuperset(of: sources), "\(view).\(column): \(sources)")
        }
    }

    @Test func `SQLite names the columns that a view reads, and no others`() throws {
        let read = try ViewLineage.read(byView: "rating_details").map(\.description)
        #expect(read == ["items.id", "items.title", "ratings.time", "ratings.value", "users.id"])
        #expect(try ViewLineage.read(byView: "top_items").map(\.description).contains("ratings.item"))
        #expect(try ViewLineage.read(byView: "no_such_view").isEmpty)
    }
}

import FileOutput
import ServingSupport
import Store
import TestSupport
import Testing

struct SchemaGuideTests {
    private let scratch: Scratch
    private var path: String { scratch.path("s.sqlite") }

    init() throws {
        scratch = try Scratch()
        _ = try Store(path, creates: true).importRatings(
            .rows([("u", "a", 1, 86_400), ("u", "b", 2.5, 90_000), ("v", "a", 3, 200_000)], titles: ["a": "A"]),
            now: now)
    }

    private func cells() throws -> [[String]] {
        try SchemaGuide.table(ofStoreAt: path).rows.map { row in
            row.map { cell in
                guard case .text(let text) = cell else { return "" }
                return text
            }
        }
    }

    /// Sixty characters are what a table on the terminal shows.
    @Test func `every table, view and column has a meaning of at most sixty characters`() throws {
        let cells = try cells()
        for cell in cells { #expect((1...60).contains(cell[3].count), "\(cell)") }
        #expect(Set(cells.map(\.[0])) == Set(SchemaGuide.names))
        #expect(SchemaGuide.names.count == Set(SchemaGuide.names).count)
    }

    @Test func `every column of the guide is in the schema`() throws {
        let real = Dictionary(grouping: try cells()) { $0[0] }.mapValues { Set($0.map(\.[1])) }
        let views = Set(AnalyticsView.all.map(\.name))
        for relation in SchemaGuide.relations where !views.contains(relation.name) {
            for column in relation.columns { #expect(real[relation.name]?.contains(column.key) == true, "\(column)") }
        }
        // Views share one list.
        let ofViews = Set(real.filter { views.contains($0.key) }.values.joined())
        let described = SchemaGuide.relations.filter { views.contains($0.name) }.flatMap { $0.columns.map(\.key) }
        #expect(ofViews.isSuperset(of: described))
    }

    @Test func `rating details speak in external ids`() throws {
        let rows = try ReadOnlyQuery.rows("SELECT * FROM rating_details ORDER BY user_id, item_id", path)
        #expect(rows == ["u a A 1.0 86400", "u b  2.5 90000", "v a A 3.0 200000"])
        let columns = try ReadOnlyQuery("SELECT * FROM rating_details").run(onStoreAt: path).columns
        #expect(columns == ["user_id", "item_id", "title", "rating", "timestamp"])
    }
}

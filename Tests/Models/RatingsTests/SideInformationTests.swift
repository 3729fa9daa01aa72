import LinearAlgebra
import Ratings
import Testing

struct SideInformationTests {
    /// A group as rows of (feature, weight).
    private func rows(_ group: FeatureGroup) -> [[Int: Float]] {
        (0..<group.weights.rows).map { row in
            group.weights.entries(ofRow: row).reduce(into: [:]) {
                $0[Int(group.weights.columnIndices[$1])] = group.weights.values[$1]
            }
        }
    }

    /// The year group of items with titles only.
    private func years(_ titles: [String?]) -> FeatureGroup? {
        let catalog = ItemCatalog(
            titles: titles, genreNames: [], genres: Array(repeating: [], count: titles.count))
        return SideInformation(users: UserCatalog(), items: catalog).items.first
    }

    @Test func `labels become features in sorted order`() {
        let group = FeatureGroup(name: "occupation", labels: ["writer", nil, "artist", "writer", "nurse"])
        #expect(group.name == "occupation" && group.weights.columns == 3)
        #expect(rows(group) == [[2: 1], [:], [0: 1], [2: 1], [1: 1]])
        let none = FeatureGroup(name: "none", labels: [nil, nil])
        #expect(none.weights.rows == 2 && none.weights.columns == 0 && none.weights.count == 0)
    }

    @Test func `memberships are weighted by one over the root of their count`() {
        let group = FeatureGroup(name: "genre", memberships: [[1, 3], [], [0], [0, 1, 2, 3]], count: 5)
        #expect(group.weights.columns == 5)
        #expect(rows(group).map { $0.keys.sorted() } == [[1, 3], [], [0], [0, 1, 2, 3]])
        #expect(abs((rows(group)[0][3] ?? 0) - 0.707107) < 1e-6)
        // Squares of every row add up to 1.
        for row in rows(group) where !row.isEmpty {
            #expect(abs(row.values.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6)
        }
    }

    /// A year was read if the title shares its feature with a film of that year.
    @Test(arguments: [
        ("Heat (1995)", true), ("Brazil (alias: 1985) (1995)", true), ("(1995)", true), ("Seven (Se7en) (1995) ", true),
        ("1995", false), ("Heat (95)", false), ("Heat (1995) (V)", false), ("Heat (1995", false),
        ("Heat (abcd)", false),
        ("Heat 1995)", false), ("", false), ("()", false), ("Heat (19955)", false),
        ("Heat (+995)", false), ("Heat (-995)", false), ("Heat )1995(", false),
    ])
    func `year is read from the last parentheses of the title`(_ title: String, _ hasYear: Bool) throws {
        let group = try #require(years(["Casino (1995)", title, nil]))
        #expect(rows(group) == [[0: 1], hasYear ? [0: 1] : [:], [:]])
    }

    @Test func `older years are grouped by decade`() throws {
        let titles = [1998, 1989, 1988, 1980, 1979, 1998, 1990].map { "A (\($0))" }
        let group = try #require(years(titles))
        #expect(group.name == "year")
        // Labels in order: 1970s, 1980s, 1989, 1990, 1998.
        #expect(rows(group).flatMap(\.keys) == [4, 2, 1, 1, 0, 4, 3])
        #expect(years(["A", nil]) == nil)
    }

    @Test func `catalogs become feature groups`() {
        let users = UserCatalog(attributes: [
            .init(name: "gender", values: ["F", "M"]), .init(name: "age", values: ["young", nil]),
        ])
        let items = ItemCatalog(
            titles: ["A (1990)", nil, "C"], genreNames: ["Action", "Drama"], genres: [[0, 1], [], [1]])
        let side = SideInformation(users: users, items: items)
        #expect(side.users.map(\.name) == ["gender", "age"] && side.items.map(\.name) == ["genre", "year"])
        #expect(side.users.map(rows) == [[[0: 1], [1: 1]], [[0: 1], [:]]])
        #expect(rows(side.items[0]) == [[0: 1 / Float(2).squareRoot(), 1: 1 / Float(2).squareRoot()], [:], [1: 1]])
        #expect(rows(side.items[1]) == [[0: 1], [:], [:]])
        let nothing = SideInformation(users: UserCatalog(), items: ItemCatalog(itemCount: 3))
        #expect(nothing.users.isEmpty && nothing.items.isEmpty)
    }
}

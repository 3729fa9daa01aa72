import Foundation
import GRDB
import Store

/// Counts, ranges and histograms of the columns of a table.
///
/// One pass counts all columns; columns with a histogram take one more each. Of columns about people, values appear only as groups
/// of `Catalog.smallestGroup` people or more. Where one group alone is too small, the next smallest is hidden with it: its size
/// would follow from the others.
struct Profile {
    let rows: Int
    let variables: [Catalog.Variable]

    /// Histograms have a bar per value up to so many values.
    private static let mostValues = 24
    /// About so many bars where there are more values.
    private static let bars = 20.0

    /// - Complexity: O(columns · rows · log rows).
    init(of table: String, _ columns: [Catalog.Variable], in database: Database) throws {
        let counted = columns.filter { $0.type != "BLOB" }
        let sql = counted.flatMap { column in
            let name = column.name.quotedDatabaseIdentifier
            let ends = Self.hasRange(column, of: table) ? "min(\(name)), max(\(name))" : "NULL, NULL"
            return ["count(\(name))", "count(DISTINCT \(name))", ends]
        }
        let list = (["count(*)"] + sql).joined(separator: ", ")
        guard let row = try Row.fetchOne(database, sql: "SELECT \(list) FROM \(table.quotedDatabaseIdentifier)") else {
            (rows, variables) = (0, columns)
            return
        }
        let all: Int = try row.decode(atIndex: 0)
        let isGrouped = columns.contains { $0.name == "user" }
        var place = 1
        variables = try columns.map { column in
            guard column.type != "BLOB" else { return column }
            defer { place += 4 }
            var variable = column
            variable.nulls = all - (try row.decode(Int.self, atIndex: place))
            variable.distinct = try row.decode(atIndex: place + 1)
            let (least, most): (Double?, Double?) = try (
                row.decode(atIndex: place + 2), row.decode(atIndex: place + 3)
            )
            guard Self.hasGroups(column, of: table, distinct: variable.distinct ?? 0) else {
                (variable.least, variable.most) = (least, most)
                return variable
            }
            let histogram = Histogram(
                table: table, column: column, isGrouped: isGrouped, distinct: variable.distinct ?? 0, least, most)
            try histogram.fill(&variable, in: database)
            return variable
        }
        rows = all
    }

    private static func isNumber(_ column: Catalog.Variable) -> Bool { ["INTEGER", "REAL"].contains(column.type) }

    /// Whether the least and the largest value are asked for.
    private static func hasRange(_ column: Catalog.Variable, of table: String) -> Bool {
        isNumber(column) && (!column.isPersonal || Catalog.showsGroups(table: table, column: column.name))
    }

    private static func hasGroups(_ column: Catalog.Variable, of table: String, distinct: Int) -> Bool {
        guard distinct > 0, !column.isPersonal || Catalog.showsGroups(table: table, column: column.name) else {
            return false
        }
        return isNumber(column)
            || (column.type == "TEXT" && distinct <= mostValues && Catalog.categories.contains(column.name))
    }

    /// The histogram of one column.
    private struct Histogram {
        let table: String
        let column: Catalog.Variable
        /// Whether the table has a column `user`, by which people are counted.
        let isGrouped: Bool
        let distinct: Int
        /// nil for a bar per value.
        private let bins: (start: Double, step: Double)?
        private let ends: (least: Double?, most: Double?)

        init(
            table: String, column: Catalog.Variable, isGrouped: Bool, distinct: Int, _ least: Double?, _ most: Double?
        ) {
            (self.table, self.column, self.isGrouped, self.distinct) = (table, column, isGrouped, distinct)
            ends = (least, most)
            guard distinct > Profile.mostValues, let least, let most, most > least else {
                bins = nil
                return
            }
            let step = Histogram.step((most - least) / Profile.bars)
            bins = ((least / step).rounded(.down) * step, step)
        }

        /// The next of 1, 2, 5, 10, 20 … times a power of ten: 3.2 becomes 5.
        private static func step(_ raw: Double) -> Double {
            let power = pow(10, log10(raw).rounded(.down))
            return [1.0, 2, 5].map { $0 * power }.first { $0 >= raw } ?? 10 * power
        }

        func fill(_ variable: inout Catalog.Variable, in database: Database) throws {
            let groups = try groups(in: database)
            let shown = column.isPersonal ? Self.shown(groups) : groups
            variable.hiddenGroups = groups.count - shown.count
            variable.histogram = shown.map { Catalog.Group(label: $0.label, count: $0.rows) }
            guard Profile.isNumber(column) else { return }
            if column.isPersonal {
                (variable.least, variable.most) = (shown.map(\.least).min(), shown.map(\.most).max())
            } else {
                (variable.least, variable.most) = ends
            }
        }

        private struct Bar {
            let label: String
            let least: Double
            let most: Double
            let rows: Int
            let people: Int
        }

        private static func shown(_ groups: [Bar]) -> [Bar] {
            let shown = groups.filter { $0.people >= Catalog.smallestGroup }
            guard groups.count - shown.count == 1 else { return shown }
            guard let next = shown.indices.min(by: { shown[$0].people < shown[$1].people }) else { return [] }
            return shown.indices.filter { $0 != next }.map { shown[$0] }
        }

        private func groups(in database: Database) throws -> [Bar] {
            let name = column.name.quotedDatabaseIdentifier
            let key = bins.map { "CAST((\(name) - \($0.start)) / \($0.step) AS INTEGER)" } ?? name
            let people = isGrouped ? "count(DISTINCT user)" : "count(*)"
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(key) AS bar, count(*), \(people) FROM \(table.quotedDatabaseIdentifier)
                    WHERE \(name) IS NOT NULL GROUP BY bar ORDER BY bar
                    """)
            return try rows.map { row in
                let (count, people): (Int, Int) = try (row.decode(atIndex: 1), row.decode(atIndex: 2))
                if let bins {
                    let least = bins.start + (try row.decode(Double.self, atIndex: 0)) * bins.step
                    let label = "\(Catalog.number(least)) to \(Catalog.number(least + bins.step))"
                    return Bar(label: label, least: least, most: least + bins.step, rows: count, people: people)
                }
                guard Profile.isNumber(column) else {
                    return Bar(
                        label: try row.decode(atIndex: 0), least: 0, most: 0, rows: count, people: people)
                }
                let value: Double = try row.decode(atIndex: 0)
                return Bar(label: Catalog.number(value), least: value, most: value, rows: count, people: people)
            }
        }
    }
}

extension Catalog {
    /// A number for people: without digits that say nothing, 4 for 4.0.
    static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return "\(Int64(value))" }
        return "\((value * 1e6).rounded() / 1e6)"
    }
}

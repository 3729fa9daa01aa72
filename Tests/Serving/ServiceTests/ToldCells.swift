import Foundation
import Ratings
import Store
import Testing

/// A rating with all by which answers cut ratings.
struct CutRating {
    let user: String
    let facts: [String: String]
}

/// A figure that an answer has told, as the facts that all its ratings share.
struct ToldCell: Hashable, CustomStringConvertible {
    /// The answer that it is from: the figures of one family do not overlap.
    let family: String
    /// Of each fact, which values.
    let facts: [String: Set<String>]

    var description: String {
        family
            + facts.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value.sorted().joined(separator: ","))" }.joined()
    }

    /// Whether all that is of this cell is of the other by what the facts mean, whatever the ratings are.
    func isPart(of other: ToldCell) -> Bool {
        other.facts.allSatisfy { fact, values in facts[fact]?.isSubset(of: values) ?? false }
    }

    /// Whether nothing is of both, by what the facts mean.
    func isApart(from other: ToldCell) -> Bool {
        facts.contains { fact, values in other.facts[fact]?.isDisjoint(with: values) ?? false }
    }
}

/// Looks for figures, and for differences of figures, that are about too few people.
struct DifferencingSearch {
    let ratings: [CutRating]
    /// Fewer are too few.
    let fewest: Int

    func rows(_ cell: ToldCell) -> Set<Int> {
        Set(
            ratings.indices.filter { row in
                cell.facts.allSatisfy { fact, values in ratings[row].facts[fact].map(values.contains) ?? false }
            })
    }

    private func isRevealing(_ rows: Set<Int>) -> Bool {
        1..<fewest ~= Set(rows.map { ratings[$0].user }).count
    }

    /// Every cell; every cell less another that is part of it; less two; and less all of a family.
    func findings(_ cells: Set<ToldCell>) -> [String] {
        let all = cells.map { (cell: $0, rows: rows($0)) }
        var found: [String] = []
        for (whole, rows) in all {
            if isRevealing(rows) { found.append("\(whole)") }
            let parts = all.filter { $0.cell != whole && $0.cell.isPart(of: whole) }
            for (place, one) in parts.enumerated() {
                let rest = rows.subtracting(one.rows)
                if isRevealing(rest) { found.append("\(whole) less \(one.cell)") }
                for other in parts[(place + 1)...] where other.cell.isApart(from: one.cell) {
                    if isRevealing(rest.subtracting(other.rows)) {
                        found.append("\(whole) less \(one.cell) and \(other.cell)")
                    }
                }
            }
            for (family, members) in Dictionary(grouping: parts, by: \.cell.family) {
                if isRevealing(members.reduce(rows) { $0.subtracting($1.rows) }) {
                    found.append("\(whole) less all \(family)")
                }
            }
        }
        return found
    }
}

import FuzzSupport
import Ratings

@testable import FileOutput
@testable import RatingFiles

/// Ratings files. An input is such a file.
///
/// - One thread and three give the same ratings or the same error.
/// - The fast way of plain lines and the general way give the same rows.
/// - What was read, written as CSV and read again, is the same.
/// - The lines that the rows stand in are as many as the rows.
@main
enum FuzzRatings {
    static func main() { fuzz(test) }

    private static func test(_ input: [UInt8]) -> Verdict {
        let path = write("r.csv", input)
        // Half of the inputs have their columns named.
        let columns = input.count.isMultiple(of: 2) ? [] : ["2", "1", "3"]
        for policy in RatingsReader.BadRowPolicy.allCases {
            let one = read(path, policy, columns, threads: 1)
            requireEqual(one, read(path, policy, columns, threads: 3), "one thread and three")
        }
        if let table = read(path, .skip, columns, threads: 1).value {
            requireLines(of: table, path, columns)
            requireRoundTrip(table)
        }
        if let layout = try? RatingsLayout(detecting: input.span, isWhole: true, path: "", columns: columns) {
            requireEqual(plainWay(input, layout), generalWay(input, layout), "plain lines and general ones")
        }
        return .done
    }
}

/// A rating as the file has it. Bits are compared, for −0 is not 0 in them.
private struct Row: Equatable {
    let user: String
    let item: String
    let rating: UInt32
    let timestamp: Int64?
}

private struct Table: Equatable {
    let rows: [Row]
    let rejected: [RejectedRow]
    let notes: [String]
}

private func read(
    _ path: String, _ policy: RatingsReader.BadRowPolicy, _ columns: [String], threads: Int
) -> Outcome<Table> {
    var reader = RatingsReader()
    (reader.onBadRow, reader.columns, reader.threads, reader.smallestPiece) = (policy, columns, threads, 1)
    return Outcome {
        let read = try reader.rows([SourceFile(path)])
        let rows = read.entries.flatMap { piece in
            piece.values.indices.map {
                Row(
                    user: read.users[Int(piece.users[$0])], item: read.items[Int(piece.items[$0])],
                    rating: piece.values[$0].bitPattern, timestamp: piece.timestamps?[$0])
            }
        }
        return Table(rows: rows, rejected: read.rejected, notes: read.notes.map(\.text))
    }
}

private func requireLines(of table: Table, _ path: String, _ columns: [String]) {
    var reader = RatingsReader()
    reader.columns = columns
    let lines = try? reader.lines(ofRows: Array(table.rows.indices), in: [SourceFile(path)])
    requireEqual(lines?.count, table.rows.count, "lines and rows")
    let numbers = (lines ?? []).map(\.number) + table.rejected.map(\.line)
    requireEqual(Set(numbers).count, numbers.count, "a line is counted twice")
}

private func requireRoundTrip(_ table: Table) {
    let lines = table.rows.map { row in
        let fields = [csvField(row.user), csvField(row.item), "\(Float(bitPattern: row.rating))"]
        return (fields + (row.timestamp.map { ["\($0)"] } ?? [])).joined(separator: ",") + "\n"
    }
    let header = "user,item,rating" + (table.rows.first?.timestamp == nil ? "\n" : ",timestamp\n")
    let again = read(write("again.csv", (header + lines.joined()).utf8), .fail, [], threads: 1)
    // Notes are about the spelling of the file.
    requireEqual(again.value?.rows, table.rows, "written and read again")
}

/// What the rows of a file are read as, ids by their bytes.
private struct Parsed: Equatable {
    let users: [Int32]
    let items: [Int32]
    let values: [UInt32]
    let timestamps: [Int64]
    let userIDs: [String]
    let itemIDs: [String]
    let rejected: [RejectedRow]
    let lineCount: Int

    init(_ rows: RatingRows) {
        (users, items, timestamps) = (rows.users, rows.items, rows.timestamps)
        values = rows.values.map(\.bitPattern)
        (userIDs, itemIDs) = (rows.userIDs.texts.ids, rows.itemIDs.texts.ids)
        (rejected, lineCount) = (rows.rejected.map(\.row), rows.lineCount)
    }
}

private let rules = RatingRows.Rules(stopsAtFault: false)

/// Blank lines behind the file, so that every line has what the fast way reads beyond it.
private func plainWay(_ input: [UInt8], _ layout: RatingsLayout) -> Parsed {
    let padded = input + Array(repeating: UInt8(ascii: "\n"), count: PlainLine.reach + 1)
    var rows = RatingRows(rules)
    _ = rows.append(padded.span, layout.start..<padded.count, layout, endsText: true)
    return Parsed(rows)
}

/// Each line with nothing behind it, so that no plain line has what the fast way reads beyond it. What is left of it goes on
/// with the next.
private func generalWay(_ input: [UInt8], _ layout: RatingsLayout) -> Parsed {
    let padded = input + Array(repeating: UInt8(ascii: "\n"), count: PlainLine.reach + 1)
    var rows = RatingRows(rules)
    var (start, end) = (layout.start, layout.start)
    while start < padded.count {
        end = padded[end...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? padded.count
        start = rows.append(padded.span.extracting(0..<end), start..<end, layout, endsText: end == padded.count)
    }
    return Parsed(rows)
}

import FileOutput
import Foundation
public import Store

/// The file of documents that a server did not take, beside the store: a line of JSON each, which says when that was.
public struct RejectedDocuments: Sendable {
    let path: String

    /// The name by which a sweep tells of it.
    static let name = "rejected_documents"

    /// For which its lines are kept, as the inventory declares.
    static let days: Int? = {
        let element = Inventory.elements.first { $0.place == .file && $0.holder == Inventory.rejectedDocuments }
        guard case .days(let days)? = element?.retention else { return nil }
        return days
    }()

    public init(of store: Store) { path = store.path + ".rejected.jsonl" }

    /// Counts lines of before a time; nil where there is no file.
    ///
    /// A line without a time is of an earlier version of the program, and no younger than the next that has one.
    func overdue(before limit: Int64) -> OverdueRows? { read(before: limit).map(\.overdue) }

    /// Removes them.
    func sweep(before limit: Int64) throws(OutputError) -> OverdueRows? {
        guard let (kept, overdue) = read(before: limit) else { return nil }
        if overdue.rows > 0 {
            try OutputFile(path).write { writer throws(OutputError) in
                for line in kept { try writer.write(line + [UInt8(ascii: "\n")]) }
            }
        }
        return overdue
    }

    private struct Line: Decodable {
        let rejected_at: Int64?
    }

    private func read(before limit: Int64) -> (kept: [ArraySlice<UInt8>], overdue: OverdueRows)? {
        guard let days = Self.days, FileKind(path) == .file, let bytes = FileManager.default.contents(atPath: path)
        else { return nil }
        var kept: [ArraySlice<UInt8>] = []
        var (rows, oldest, following) = (0, Int64?.none, Int64?.none)
        for line in Array(bytes).split(separator: UInt8(ascii: "\n")).reversed() {
            let time = (try? ForeignJSON.decode(Line.self, from: Data(line)))?.rejected_at ?? following
            following = time
            if let time, time < limit {
                rows += 1
                oldest = min(time, oldest ?? time)
            } else {
                kept.append(line)
            }
        }
        return (kept.reversed(), OverdueRows(table: Self.name, days: days, rows: rows, oldest: oldest))
    }
}

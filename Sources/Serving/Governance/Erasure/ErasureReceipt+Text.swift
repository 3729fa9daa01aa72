import FileOutput
import Foundation
import Platform
public import Store

extension ErasureReceipt {
    private struct Paper: Encodable {
        let receipt: Int64
        let erasure: String
        let written: String
        let done: ErasureRecord
        let chain: String
    }

    private var record: ErasureRecord {
        get throws { try ForeignJSON.decode(ErasureRecord.self, from: Data(document.utf8)) }
    }

    private var time: String { Date(timeIntervalSince1970: TimeInterval(written)).formatted(.iso8601) }

    /// As it is handed out: what was done, where something remains, and its place in the chain of receipts.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            let paper = Paper(
                receipt: number, erasure: token, written: time, done: try record, chain: [UInt8](chain).hexadecimal)
            return String(decoding: try encoder.encode(paper), as: UTF8.self) + "\n"
        }
    }

    /// For a terminal.
    public var text: String {
        get throws {
            let record = try record
            let rows = record.rows.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value.counted("row"))" }
            let places = record.places.map { place in
                "  \(place.place): \(place.outcome.rawValue)" + (place.count.map { ", \($0.grouped)" } ?? "")
                    + (place.note.map { " (\($0))" } ?? "")
            }
            let lines = ["Erased; receipt \(number) of \(time)"] + rows + places
            return lines.joined(separator: "\n")
        }
    }
}

import FileOutput
import Foundation
import Platform
public import Store

/// Removes a user from files that were written from a store.
///
/// CSV files lose the rows of the user. What is no list of rows by user is removed as a whole: pictures of the graph, arrays, models
/// that were fitted with their ratings, and reports that name them. The same command writes them anew without the user.
struct ErasedFiles {
    private let store: Store
    private let now: Int64

    init(_ store: Store, now: Int64) {
        self.store = store
        self.now = now
    }

    /// - Returns: what became of each file that holds people.
    func erase(_ id: String) throws -> [ErasureRecord.Place] {
        var places: [ErasureRecord.Place] = []
        for output in try store.outputs() where output.holdsPeople && !output.isRemote {
            let place = try erase(id, from: output)
            if [.removed, .missing].contains(place.outcome) { try store.forget(output) }
            places.append(place)
        }
        if let place = try eraseDeadLetters(id) { places.append(place) }
        return places
    }

    private func erase(_ id: String, from output: Output) throws -> ErasureRecord.Place {
        func place(_ outcome: ErasureRecord.Place.Outcome, count: Int? = nil, note: String? = nil)
            -> ErasureRecord.Place
        {
            .init(kind: output.kind, place: output.place, outcome, count: count, note: note)
        }
        guard FileKind(output.place) == .file, let bytes = FileManager.default.contents(atPath: output.place) else {
            return place(.missing)
        }
        if output.kind == Output.access {
            // Whose it is stands in it; it is stored without compression.
            guard holds(bytes, Data(id.jsonQuoted.utf8)) else { return place(.unaffected) }
            return try remove(output) ?? place(.removed)
        }
        if Output.reports.contains(output.kind), !IDMention(id).isIn(bytes) { return place(.unaffected) }
        if output.kind != Output.model, output.place.hasSuffix(".csv"), let kept = PeopleRows(Array(bytes)).without(id)
        {
            guard kept.removed > 0 else { return place(.unaffected) }
            try write(kept.bytes, to: output, rows: output.rows.map { $0 - kept.removed })
            return place(.rewritten, count: kept.removed)
        }
        guard output.sha256 == nil || output.sha256 == sha256(bytes).hexadecimal else {
            return place(.remaining, note: "the file was changed since it was written; see to it")
        }
        return try remove(output) ?? place(.removed)
    }

    private func write(_ bytes: [UInt8], to output: Output, rows: Int?) throws {
        try OutputFile(output.place).write { writer throws(OutputError) in try writer.write(bytes) }
        var output = output
        output.sha256 = sha256(Data(bytes)).hexadecimal
        output.rows = rows
        output.written = now
        try store.record([output])
    }

    /// Removes a file, and its folder where nothing else is in it.
    ///
    /// - Returns: nil where it is gone.
    private func remove(_ output: Output) throws -> ErasureRecord.Place? {
        let file = URL(fileURLWithPath: output.place)
        do { try FileManager.default.removeItem(at: file) } catch {
            return .init(
                kind: output.kind, place: output.place, .remaining, note: "it cannot be removed (\(reason(error)))")
        }
        let folder = file.deletingLastPathComponent()
        if (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.isEmpty == true {
            try? FileManager.default.removeItem(at: folder)
        }
        return nil
    }

    /// Documents that a server did not take, beside the store: a line of JSON each.
    private func eraseDeadLetters(_ id: String) throws -> ErasureRecord.Place? {
        let path = RejectedDocuments(of: store).path
        guard FileKind(path) == .file, let bytes = FileManager.default.contents(atPath: path) else { return nil }
        let kept = Self.lines(Array(bytes), without: IDMention(id))
        guard kept.removed > 0 else { return nil }
        try OutputFile(path).write { writer throws(OutputError) in try writer.write(kept.bytes) }
        return .init(
            kind: "rejected documents", place: URL(fileURLWithPath: path).path, .rewritten, count: kept.removed)
    }

    /// The lines that do not name somebody.
    static func lines(_ bytes: [UInt8], without mention: IDMention) -> (bytes: [UInt8], removed: Int) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        let kept = lines.filter { !mention.isIn($0) }
        return (kept.flatMap { $0 + [UInt8(ascii: "\n")] }, lines.count - kept.count)
    }
}

extension Output {
    /// The kinds that are treated differently when somebody is erased.
    public static let model = "model"
    public static let access = "access"
    /// Of all users together, with a few of them as examples.
    public static let reports: Set = ["comparison", "analytics"]
}

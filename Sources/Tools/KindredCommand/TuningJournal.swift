import Engine
import FileOutput
import Foundation
import Ratings
import Synchronization

/// What a search has measured so far, on the disk: a run that was killed goes on from it.
///
/// The first line says of which search it is; each other is a measurement. A line that was not written to its end is not
/// there.
final class TuningJournal: Sendable {
    static let name = "tuning.journal"

    let path: String
    /// What was measured before.
    let known: [TrialMemory.Measurement]
    private let file: Mutex<FileHandle>

    /// Opens the journal of a folder, or begins it.
    ///
    /// - Parameter search: what tells one search from another, in one line.
    /// - Throws: `InputError` for the journal of another search, `OutputError` where it cannot be written.
    init(in folder: String, of search: String) throws {
        path = "\(folder)/\(Self.name)"
        let header = "kindred tuning, \(search)\n"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let whole = FileManager.default.contents(atPath: path) ?? Data()
            let text = String(decoding: whole.prefix((whole.lastIndex(of: 10) ?? -1) + 1), as: UTF8.self)
            if !text.isEmpty && !text.hasPrefix(header) {
                throw InputError(
                    file: path, problem: "the file belongs to a search with other ratings or options",
                    remedy: "Use those again, remove the file, or name another folder.")
            }
            known = text.dropFirst(header.count).split(separator: "\n").compactMap(Self.measurement)
            if whole.isEmpty { try Data().write(to: URL(fileURLWithPath: path)) }
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.truncate(atOffset: UInt64(text.utf8.count))
            if text.isEmpty { try handle.write(contentsOf: Data(header.utf8)) }
            file = Mutex(handle)
        } catch let error as InputError {
            throw error
        } catch {
            throw OutputError(
                path: path, problem: "the file cannot be written (\(reason(error)))", remedy: "Name a writable folder.")
        }
    }

    /// A measurement that cannot be kept is made again by the next run; that is no reason to end this one.
    func record(_ one: TrialMemory.Measurement) {
        let fields = [one.model.rawValue, "\(one.trial)", "\(one.split)"] + one.losses.map { "\($0)" }
        let line = Data((fields.joined(separator: ",") + "\n").utf8)
        file.withLock { try? $0.write(contentsOf: line) }
    }

    /// Removes the file when it is no longer needed.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    private static func measurement(_ line: Substring) -> TrialMemory.Measurement? {
        let fields = line.split(separator: ",").map(String.init)
        guard fields.count > 3, let model = ModelKind(rawValue: fields[0]), let trial = Int(fields[1]),
            let split = Int(fields[2])
        else { return nil }
        return TrialMemory.Measurement(
            model: model, trial: trial, split: split, losses: fields[3...].map { Double($0) ?? .infinity })
    }
}

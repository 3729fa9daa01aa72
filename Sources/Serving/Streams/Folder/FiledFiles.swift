import FileOutput
import Foundation
import Platform

/// Moves files out of a watched folder once they are read.
struct FiledFiles {
    let settings: FolderSettings

    /// - Returns: nil, or why the file is where it was.
    func moveToDone(_ file: FoundFile) -> String? { move(file, to: settings.done).problem }

    /// The same for a file that cannot be read, with the reason beside it.
    func moveToFailed(_ file: FoundFile, reason: String) -> String? {
        let (place, problem) = move(file, to: settings.failed)
        guard problem == nil else { return problem }
        do {
            try Data((reason + "\n").utf8).write(to: URL(fileURLWithPath: place + ".reason.txt"))
            return nil
        } catch {
            return "\(place).reason.txt cannot be written (\(FileOutput.reason(error)))"
        }
    }

    private func move(_ file: FoundFile, to folder: String) -> (place: String, problem: String?) {
        let place = Self.freePlace(folder, file.name)
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            return (place, "\(folder) cannot be made (\(FileOutput.reason(error)))")
        }
        return (
            place, renameReplacing(file.path, to: place).map { "\(file.name) cannot be moved to \(folder) (\($0))" }
        )
    }

    /// `ratings.csv`, or else `ratings.csv.2`, `ratings.csv.3` …: what was moved before stays.
    private static func freePlace(_ folder: String, _ name: String) -> String {
        let places = sequence(first: 1) { $0 + 1 }.lazy.map {
            $0 == 1 ? "\(folder)/\(name)" : "\(folder)/\(name).\($0)"
        }
        return places.first { FileStatus(path: $0) == nil } ?? "\(folder)/\(name)"
    }
}

import Foundation
import Platform
import RatingFiles

/// A file of a watched folder, as one look found it.
struct FoundFile: Sendable {
    let name: String
    let path: String
    let status: FileStatus
    /// For how long it has been as it is.
    let rest: Duration
}

/// Looks at a folder again and again, and tells for how long each file has been as it is.
///
/// Polling sees network mounts and files that a container shares, has no limit to what it watches, and costs one `lstat` per file
/// and look.
struct FolderScan {
    let folder: String
    /// The path of the store, which may lie in the folder.
    private let store: String
    private var seen: [String: (status: FileStatus, since: ContinuousClock.Instant)] = [:]
    /// Names that are passed over, with the reason, each told once.
    private(set) var passedOver: [String: String] = [:]

    init(_ folder: String, besides store: String) { (self.folder, self.store) = (folder, store) }

    /// The files to take, catalogs first and then those that were written first.
    ///
    /// - Throws: the system's error where the folder cannot be read.
    mutating func look(at now: ContinuousClock.Instant) throws -> [FoundFile] {
        var found: [FoundFile] = []
        var still: [String: (status: FileStatus, since: ContinuousClock.Instant)] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !Self.isUnfinished(name) {
            let path = "\(folder)/\(name)"
            // The log and the lock of the store have its name as well.
            guard path != store, !path.hasPrefix(store + "-"), let status = FileStatus(path: path) else { continue }
            guard status.kind == .file else {
                if status.kind != .folder { passedOver[name] = Self.reason(status.kind) }
                continue
            }
            let since = seen[name].flatMap { $0.status == status ? $0.since : nil } ?? now
            still[name] = (status, since)
            found.append(FoundFile(name: name, path: path, status: status, rest: since.duration(to: now)))
        }
        seen = still
        let ranks = Dictionary(uniqueKeysWithValues: found.map { ($0.name, Self.rank($0.path)) })
        return found.sorted {
            (ranks[$0.name] ?? 0, $0.status.modified, $0.name) < (ranks[$1.name] ?? 0, $1.status.modified, $1.name)
        }
    }

    /// Hidden files, and those that programs name so while they write them.
    static func isUnfinished(_ name: String) -> Bool {
        name.hasPrefix(".") || name.hasPrefix("~") || name.hasSuffix("~")
            || [".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp"].contains {
                name.lowercased().hasSuffix($0)
            }
    }

    private static func reason(_ kind: FileStatus.Kind) -> String {
        kind == .link ? "symbolic links are not followed" : "it is no regular file"
    }

    /// Titles come before ratings, and the names of genres after the films that they are used for.
    private static func rank(_ path: String) -> Int {
        switch CatalogFile(path)?.content {
        case .items, .users: 0
        case nil: 1
        case .genres: 2
        }
    }
}

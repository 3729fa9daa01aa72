import Platform
import Synchronization

/// The stores that this process has open to write.
///
/// Closing any descriptor of a file drops all locks of the process on it, those of SQLite among them
/// (https://www.sqlite.org/howtocorrupt.html, section 2.2). Another process then takes itself for the last one and removes the
/// log, with what is acknowledged after that. So a file that is open here is never opened beside SQLite.
enum OpenStores {
    private static let counts = Mutex<[FileIdentity: Int]>([:])

    static func contains(_ path: String) -> Bool {
        guard let file = FileIdentity(path: path) else { return false }
        return counts.withLock { $0[file] != nil }
    }

    static func add(_ file: FileIdentity) { counts.withLock { $0[file, default: 0] += 1 } }

    static func remove(_ file: FileIdentity) {
        counts.withLock { counts in
            let rest = (counts[file] ?? 0) - 1
            counts[file] = rest > 0 ? rest : nil
        }
    }
}

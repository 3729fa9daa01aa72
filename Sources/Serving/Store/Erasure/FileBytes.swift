import Foundation
import Platform
import Synchronization

/// Reads the bytes of a store's file beside SQLite.
///
/// The file stays open until the program ends: closing any descriptor of it would drop the locks of SQLite (`OpenStores`).
final class FileBytes: Sendable {
    private static let open = Mutex<[FileIdentity: FileBytes]>([:])
    private static let blockSize = 4 << 20

    private let handle: Mutex<FileHandle>

    private init(_ handle: FileHandle) { self.handle = Mutex(handle) }

    /// nil where there is no such file.
    static func of(_ location: String) -> FileBytes? {
        open.withLock { open in
            guard let file = FileIdentity(path: location) else { return nil }
            if let known = open[file] { return known }
            guard let handle = FileHandle(forReadingAtPath: location) else { return nil }
            let made = FileBytes(handle)
            open[file] = made
            return made
        }
    }

    /// Whether one of some texts occurs in the file.
    func hold(anyOf patterns: [Data]) throws -> Bool {
        let overlap = (patterns.map(\.count).max() ?? 1) - 1
        return try handle.withLock { handle in
            try handle.seek(toOffset: 0)
            var rest = Data()
            while let block = try handle.read(upToCount: Self.blockSize), !block.isEmpty {
                let bytes = rest + block
                if patterns.contains(where: { holds(bytes, $0) }) { return true }
                rest = bytes.suffix(overlap)
            }
            return false
        }
    }
}

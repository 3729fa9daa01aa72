import Foundation

/// What a store takes of its disk, in bytes.
public struct StoreSpace: Sendable, Equatable {
    /// The file and the log beside it.
    public let used: Int
    /// What this user may still write to the disk.
    public let free: Int
    /// The whole disk.
    public let disk: Int
}

extension Store {
    /// nil where the system does not tell, as for a disk that has gone.
    public var space: StoreSpace? {
        let files = FileManager.default
        guard let disk = try? files.attributesOfFileSystem(forPath: path),
            let free = disk[.systemFreeSize] as? NSNumber, let size = disk[.systemSize] as? NSNumber
        else { return nil }
        let sizes = [path, path + "-wal"].map { path in
            ((try? files.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
        }
        return StoreSpace(used: sizes.reduce(0, +), free: free.intValue, disk: size.intValue)
    }
}

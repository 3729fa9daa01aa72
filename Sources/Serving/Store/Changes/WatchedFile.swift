import GRDB

/// What the store knows of a file of a watched folder.
public struct WatchedFile: Sendable, Equatable {
    public enum State: String, Sendable { case taken, failed }

    public var path: String
    /// What the folder said of it then; a file that is the same still is left alone.
    public var inode: Int64
    public var size: Int
    /// Nanoseconds since 1970.
    public var modified: Int64
    /// How many of its bytes are taken, all of them whole lines, and their SHA-256: a file that begins with the same bytes has
    /// been appended to.
    public var offset: Int
    public var checksum: String
    public var state: State
    /// Why it failed.
    public var reason: String?

    public init(
        path: String, inode: Int64, size: Int, modified: Int64, offset: Int = 0, checksum: String = "",
        state: State = .taken, reason: String? = nil
    ) {
        self.path = path
        self.inode = inode
        self.size = size
        self.modified = modified
        self.offset = offset
        self.checksum = checksum
        self.state = state
        self.reason = reason
    }
}

extension Store {
    /// The files whose paths begin with that of a folder, by path.
    ///
    /// - Parameter folder: ends with `/`.
    public func watchedFiles(in folder: String) throws(StoreError) -> [String: WatchedFile] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT path, inode, size, modified, offset, checksum, state, reason FROM watched_files
                    WHERE substr(path, 1, length(?1)) = ?1
                    """, arguments: [folder])
            return try Dictionary(
                rows.map { row in
                    let path: String = try row[at: 0]
                    let state: String = try row[at: 6]
                    return (
                        path,
                        WatchedFile(
                            path: path, inode: try row[at: 1], size: try row[at: 2], modified: try row[at: 3],
                            offset: try row[at: 4], checksum: try row[at: 5],
                            state: WatchedFile.State(rawValue: state) ?? .failed, reason: try row[at: 7])
                    )
                }
            ) { $1 }
        }
    }

    /// Writes down what is known of a file now, in the place of what was.
    public func note(_ file: WatchedFile) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO watched_files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    file.path, file.inode, file.size, file.modified, file.offset, file.checksum, file.state.rawValue,
                    file.reason,
                ])
        }
    }

    /// Forgets a file that has left its folder.
    public func forget(_ file: WatchedFile) throws(StoreError) {
        try write { try $0.execute(sql: "DELETE FROM watched_files WHERE path = ?", arguments: [file.path]) }
    }
}

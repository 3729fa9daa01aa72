import GRDB

/// Something that left the store: a file, an index, a topic. Who is erased is erased there too, and the catalogue follows data
/// to it.
public struct Output: Sendable, Equatable {
    /// Such as graph, model, snapshot, export, index or topic.
    public var kind: String
    /// An absolute path, or a URL without credentials. Another output at the same place takes this one's.
    public var place: String
    /// Seconds since 1970.
    public var written: Int64
    /// SHA-256 of a file, in hexadecimal.
    public var sha256: String?
    public var rows: Int?
    /// The run of the store that it shows.
    public var run: Int?
    /// Whether it holds anything of single users.
    public var holdsPeople: Bool

    public init(
        kind: String, place: String, written: Int64, sha256: String? = nil, rows: Int? = nil, run: Int? = nil,
        holdsPeople: Bool
    ) {
        self.kind = kind
        self.place = place
        self.written = written
        self.sha256 = sha256
        self.rows = rows
        self.run = run
        self.holdsPeople = holdsPeople
    }
}

extension Store {
    /// Keeps where something went.
    public func record(_ outputs: [Output]) throws(StoreError) {
        try write { database in
            for output in outputs {
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO outputs (kind, place, written, sha256, rows, run, holds_people)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        output.kind, output.place, output.written, output.sha256, output.rows, output.run,
                        output.holdsPeople,
                    ])
            }
        }
    }

    /// Nothing is at the place of an output any more.
    public func forget(_ output: Output) throws(StoreError) {
        try write { try $0.execute(sql: "DELETE FROM outputs WHERE place = ?", arguments: [output.place]) }
    }

    /// What left the store, oldest first.
    public func outputs() throws(StoreError) -> [Output] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT kind, place, written, sha256, rows, run, holds_people FROM outputs ORDER BY output"
            ).map { row in
                try Output(
                    kind: row[at: 0], place: row[at: 1], written: row[at: 2], sha256: row[at: 3], rows: row[at: 4],
                    run: row[at: 5], holdsPeople: row[at: 6])
            }
        }
    }
}

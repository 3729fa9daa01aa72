import Foundation
import GRDB
import Platform

/// The audit of a store as it is written: each entry carries a keyed hash of itself and of the hash before it, and a sealed mark
/// holds the newest, so that nothing can be changed, moved, left out or cut off unseen.
struct AuditChain {
    let key: AuditKey

    /// What stands before the first entry.
    static let origin = Data()

    enum MarkName: String { case start, head }

    /// An entry with its place in the chain.
    struct Mark: Equatable {
        let entry: Int64
        let chain: Data
        let seal: Data
    }

    // MARK: Hashes

    func link(_ entry: AuditEntry, behind chain: Data) -> Data {
        key.hash(
            "entry",
            [
                [UInt8](chain).hexadecimal, "\(entry.entry)", "\(entry.time)", entry.actor, entry.action, entry.subject,
                entry.detail,
            ])
    }

    func seal(_ name: MarkName, _ entry: Int64, _ chain: Data) -> Data {
        key.hash("mark", [name.rawValue, "\(entry)", [UInt8](chain).hexadecimal])
    }

    // MARK: Writing

    /// Adds an entry behind the newest.
    func append(
        _ action: String, by actor: String, about user: String?, detail: String, time: Int64, to database: Database
    ) throws {
        let head = try Self.mark(.head, in: database)
        let entry = AuditEntry(
            entry: (head?.entry ?? 0) + 1, time: time, actor: actor, action: action,
            subject: user.map(key.subject), detail: detail)
        let chain = link(entry, behind: head?.chain ?? Self.origin)
        try database.execute(
            sql: "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [entry.entry, entry.time, entry.actor, entry.action, entry.subject, entry.detail, chain])
        try set(.head, entry.entry, chain, in: database)
    }

    func set(_ name: MarkName, _ entry: Int64, _ chain: Data, in database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO audit_marks VALUES (?, ?, ?, ?)",
            arguments: [name.rawValue, entry, chain, seal(name, entry, chain)])
    }

    // MARK: Reading

    static func mark(_ name: MarkName, in database: Database) throws -> Mark? {
        try Row.fetchOne(
            database, sql: "SELECT entry, chain, seal FROM audit_marks WHERE mark = ?", arguments: [name.rawValue]
        ).map { try Mark(entry: $0[at: 0], chain: $0[at: 1], seal: $0[at: 2]) }
    }

    static let columns = "entry, time, actor, action, subject, detail, chain"

    /// An entry of `columns`.
    static func entry(_ row: Row) throws -> AuditEntry {
        try AuditEntry(
            entry: row[at: 0], time: row[at: 1], actor: row[at: 2], action: row[at: 3], subject: row[at: 4],
            detail: row[at: 5])
    }
}

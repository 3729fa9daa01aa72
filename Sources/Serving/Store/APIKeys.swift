public import Foundation
import GRDB

/// Who may do what.
public enum Role: String, Sendable, CaseIterable {
    case read, write, admin
    /// Reads the audit, and nothing else; nobody else reads it.
    case auditor

    /// Of the roles that a route can need those for which this one is enough.
    public var suffices: Set<Role> {
        switch self {
        case .read: [.read]
        case .write: [.read, .write]
        case .admin: [.read, .write, .admin]
        case .auditor: [.auditor]
        }
    }
}

/// A key of the service, as far as the store knows it: not itself, only its hash.
public struct StoredKey: Sendable, Equatable {
    /// SHA-256 of the key.
    public let hash: Data
    public let name: String
    public let role: Role
    /// Seconds since 1970.
    public let created: Int64

    public init(hash: Data, name: String, role: Role, created: Int64) {
        self.hash = hash
        self.name = name
        self.role = role
        self.created = created
    }
}

extension Store {
    /// All keys, by name.
    public func keys() throws(StoreError) -> [StoredKey] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT hash, name, role, created FROM api_keys ORDER BY name").map {
                try StoredKey(
                    hash: $0[at: 0], name: $0[at: 1], role: Role(rawValue: $0[at: 2]) ?? .read, created: $0[at: 3])
            }
        }
    }

    /// Whether there is a key, or has ever been one: removing the last must not open the service to everybody.
    public func isClosed() throws(StoreError) -> Bool {
        try read { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM seals WHERE name = 'closed')") ?? false }
    }

    /// - Parameters:
    ///   - isReplacing: whether it takes the place of a key of the same name.
    ///   - actor: who adds it, for the audit.
    /// - Throws: `StoreError.refused` where there is a key of the name that it may not replace.
    public func add(_ key: StoredKey, isReplacing: Bool = false, by actor: String = AuditEntry.commandLine)
        throws(StoreError)
    {
        try write { database in
            if isReplacing { try database.execute(sql: "DELETE FROM api_keys WHERE name = ?", arguments: [key.name]) }
            let isTaken = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM api_keys WHERE name = ?)", arguments: [key.name])
            if isTaken == true {
                throw StoreError.refused("there is a key named \(key.name); remove it, or name another")
            }
            try database.execute(
                sql: "INSERT INTO api_keys VALUES (?, ?, ?, ?)",
                arguments: [key.hash, key.name, key.role.rawValue, key.created])
            try audit("keys.add", by: actor, detail: "\(key.name), role \(key.role.rawValue)", in: database)
        }
    }

    /// - Parameter actor: who removes it, for the audit.
    /// - Throws: `StoreError.refused` where there is no key of the name.
    public func removeKey(named name: String, by actor: String = AuditEntry.commandLine) throws(StoreError) {
        try write { database in
            try database.execute(sql: "DELETE FROM api_keys WHERE name = ?", arguments: [name])
            if database.changesCount == 0 { throw StoreError.refused("there is no key named \(name)") }
            try audit("keys.remove", by: actor, detail: name, in: database)
        }
    }
}

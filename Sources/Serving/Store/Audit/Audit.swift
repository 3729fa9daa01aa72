import Foundation
package import GRDB

extension Store {
    /// Keeps who did what to whose data, for good.
    ///
    /// - Parameters:
    ///   - action: such as `privacy.erase`.
    ///   - actor: the name of a key, or `AuditEntry.commandLine`.
    ///   - user: the id of whom it is about, of which a keyed hash is kept.
    ///   - detail: what else belongs to it; no id of a user.
    /// - Throws: `StoreError` where it could not be kept; what was to be done then is not to be done.
    public func audit(
        _ action: String, by actor: String, about user: String? = nil, detail: String = ""
    ) throws(StoreError) {
        try write { try audit(action, by: actor, about: user, detail: detail, in: $0) }
    }

    /// The same within a write, so that what was done and its entry are kept together or not at all.
    package func audit(
        _ action: String, by actor: String, about user: String? = nil, detail: String = "", in database: Database
    ) throws {
        let chain = AuditChain(key: try auditKey(writing: database))
        try chain.append(
            action, by: actor, about: user, detail: detail, time: Int64(Date().timeIntervalSince1970), to: database)
    }

    /// The key, a new one with the first entry.
    func auditKey(writing database: Database) throws -> AuditKey {
        if let key = try AuditKey(ofStoreAt: path) { return key }
        guard try AuditChain.mark(.head, in: database) == nil else { throw missingAuditKey }
        return try AuditKey(creatingForStoreAt: path)
    }

    var missingAuditKey: StoreError {
        .inconsistent(
            path: path, problem: "the store has an audit, and \(AuditKey.path(ofStoreAt: path)) is missing",
            remedy:
                "Put the file back as it was beside the store: without it the audit can be neither verified nor continued."
        )
    }

    /// The entries that are asked for.
    public func auditEntries(_ query: AuditQuery = AuditQuery()) throws(StoreError) -> (
        entries: [AuditEntry], total: Int
    ) {
        var condition = "time >= ?"
        var arguments: StatementArguments = [query.since]
        if let user = query.user {
            guard let key = try AuditKey(ofStoreAt: path) else { throw missingAuditKey }
            condition += " AND subject = ?"
            arguments += [key.subject(user)]
        }
        return try read { database in
            let total = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM audit WHERE \(condition)", arguments: arguments)
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(AuditChain.columns) FROM audit WHERE \(condition)
                    ORDER BY entry \(query.isNewestFirst ? "DESC" : "ASC") LIMIT ? OFFSET ?
                    """,
                arguments: arguments + [query.limit, query.offset])
            return (try rows.map(AuditChain.entry), total ?? 0)
        }
    }
}

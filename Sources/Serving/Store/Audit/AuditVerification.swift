import Foundation
import GRDB
import Platform

/// What a look through the whole audit found.
public struct AuditVerification: Sendable, Equatable {
    /// The first entry that is there; nil without any.
    public internal(set) var first: Int64?
    /// The newest entry that holds; 0 before the first.
    public internal(set) var last: Int64 = 0
    public internal(set) var entries = 0
    /// The chain of the newest entry that holds, in hexadecimal: kept elsewhere, it tells of an audit that was put back to an earlier state.
    public internal(set) var head = ""
    /// The first thing that does not hold; nil where all does.
    public internal(set) var problem: Problem?

    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// nil where it is no single entry.
        public let entry: Int64?
        public let reason: String

        public var description: String { entry.map { "entry \($0) \(reason)" } ?? reason }
    }

    public var holds: Bool { problem == nil }
}

extension Store {
    /// Whether each entry of the audit is as it was written, in its place, and none is missing.
    ///
    /// - Parameter head: the head of an earlier verification, in hexadecimal, which has to be in the chain.
    /// - Throws: `StoreError` where the audit cannot be read.
    /// - Complexity: O(entries).
    public func verifyAudit(head: String? = nil) throws(StoreError) -> AuditVerification {
        let key = try AuditKey(ofStoreAt: path)
        return try read { database in
            guard let key else {
                let isEmpty = try Bool.fetchOne(
                    database,
                    sql: "SELECT NOT EXISTS (SELECT 1 FROM audit) AND NOT EXISTS (SELECT 1 FROM audit_marks)")
                guard isEmpty == true else { throw missingAuditKey }
                var found = AuditVerification()
                if head != nil { found.problem = .init(entry: nil, reason: AuditWalk.noHead) }
                return found
            }
            var walk = AuditWalk(AuditChain(key: key), anchor: head?.lowercased())
            return try walk.verify(database)
        }
    }
}

/// A walk along the chain that stops at the first thing that does not hold.
struct AuditWalk {
    private let chain: AuditChain
    /// A head that has to be in the chain, until it is found.
    private var anchor: String?
    private var found = AuditVerification()

    static let noHead = "no entry has the head that was given: entries were removed or rewritten since"

    init(_ chain: AuditChain, anchor: String? = nil) {
        self.chain = chain
        self.anchor = anchor
    }

    mutating func verify(_ database: Database) throws -> AuditVerification {
        var link = try start(in: database)
        guard found.holds else { return found }
        try entries(in: database, from: &link)
        guard found.holds else { return found }
        try end(link, in: database)
        return found
    }

    private mutating func fail(_ entry: Int64?, _ reason: String) {
        found.problem = .init(entry: entry, reason: reason)
    }

    private mutating func reach(_ entry: Int64, _ link: Data) {
        found.last = entry
        found.head = [UInt8](link).hexadecimal
        if anchor == found.head { anchor = nil }
    }

    /// The chain behind which the first entry follows.
    private mutating func start(in database: Database) throws -> Data {
        guard let start = try AuditChain.mark(.start, in: database) else { return AuditChain.origin }
        guard start.seal == chain.seal(.start, start.entry, start.chain) else {
            fail(start.entry, "is not where the audit begins: the mark was changed")
            return start.chain
        }
        reach(start.entry, start.chain)
        return start.chain
    }

    private mutating func entries(in database: Database, from link: inout Data) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT \(AuditChain.columns) FROM audit ORDER BY entry")
        while let row = try rows.next() {
            let entry = try AuditChain.entry(row)
            guard entry.entry >= found.last + 1 else {
                return fail(entry.entry, "is before the beginning of the audit: it was put there")
            }
            guard entry.entry == found.last + 1 else { return fail(found.last + 1, "is missing") }
            let next = chain.link(entry, behind: link)
            guard try row[at: 6] == next else {
                return fail(entry.entry, "is not as it was written, or not in its place")
            }
            link = next
            found.first = found.first ?? entry.entry
            found.entries += 1
            reach(entry.entry, link)
        }
    }

    private mutating func end(_ link: Data, in database: Database) throws {
        guard let head = try AuditChain.mark(.head, in: database) else {
            return fail(
                nil,
                "the audit has a key and no end: either its first entry was never completed, or the end was removed")
        }
        if head.seal != chain.seal(.head, head.entry, head.chain) {
            fail(nil, "the mark of the newest entry was changed")
        } else if head.entry > found.last {
            fail(found.last + 1, "is missing")
        } else if head.entry < found.last || head.chain != link {
            fail(head.entry + 1, "was added behind the end of the audit")
        } else if anchor != nil {
            fail(nil, Self.noHead)
        }
    }
}

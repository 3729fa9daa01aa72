import Foundation
import GRDB

/// An erasure that is under way, as far as it came. It is kept in the store, so that whatever ends the program, another goes on.
public struct ErasureJob: Sendable, Equatable {
    /// What is done of it; each step may be done again.
    public enum Step: String, Sendable, CaseIterable, Codable {
        /// The rows of the store are gone, all in one commit.
        case rows
        /// Indices and topics have forgotten.
        case sinks
        /// Files that were written from the store have forgotten; there is a receipt, and the id is gone.
        case files
        /// Neither log nor free space hold anything.
        case clean
    }

    /// Random; names the erasure where the id may not stand.
    public let token: String
    /// Seconds since 1970.
    public let begun: Int64
    public var step: Step
    /// nil once it is gone.
    public var id: String?
    /// Ids of what they rated.
    public var items: [String]
    public var done: ErasureRecord
}

/// What an erasure did, without the id.
public struct ErasureRecord: Codable, Sendable, Equatable {
    /// How many rows were removed of each table that had some.
    public var rows: [String: Int] = [:]
    /// What became of each index, topic and file.
    public var places: [Place] = []
    /// What answered until models were fitted again.
    public var interim: String?

    public struct Place: Codable, Sendable, Equatable {
        public enum Outcome: String, Codable, Sendable {
            /// What it held is gone, and the rest is there.
            case rewritten
            /// It held nothing.
            case unaffected
            /// It is gone as a whole.
            case removed
            /// It was gone before.
            case missing
            /// It could not be reached, or is not what was written; somebody has to see to it.
            case remaining
        }

        public let kind: String
        public let place: String
        public let outcome: Outcome
        /// Rows, documents or messages.
        public var count: Int?
        public var note: String?

        public init(kind: String, place: String, _ outcome: Outcome, count: Int? = nil, note: String? = nil) {
            self.kind = kind
            self.place = place
            self.outcome = outcome
            self.count = count
            self.note = note
        }
    }

    public init() {}
}

extension Store {
    /// Erasures that have not come to their end, oldest first.
    public func unfinishedErasures() throws(StoreError) -> [ErasureJob] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM erasures WHERE finished IS NULL ORDER BY begun, token"
            ).map(Self.job)
        }
    }

    /// An erasure by its name, and whether it has come to its end; nil where there is none.
    public func erasure(_ token: String) throws(StoreError) -> (job: ErasureJob, isFinished: Bool)? {
        try read { database in
            try Row.fetchOne(database, sql: "SELECT * FROM erasures WHERE token = ?", arguments: [token]).map { row in
                let finished: Int64? = try row[at: "finished"]
                return (try Self.job(row), finished != nil)
            }
        }
    }

    private static func job(_ row: Row) throws -> ErasureJob {
        let (step, items, done): (String, String?, String) = try (row[at: "step"], row[at: "items"], row[at: "done"])
        let decoder = JSONDecoder()
        return ErasureJob(
            token: try row[at: "token"], begun: try row[at: "begun"],
            step: ErasureJob.Step(rawValue: step) ?? .rows, id: try row[at: "id"],
            items: try items.map { try decoder.decode([String].self, from: Data($0.utf8)) } ?? [],
            done: try decoder.decode(ErasureRecord.self, from: Data(done.utf8)))
    }

    /// Writes down how far an erasure came.
    public func note(_ job: ErasureJob) throws(StoreError) {
        try write { try Self.write(job, to: $0) }
    }

    static func write(_ job: ErasureJob, finished: Int64? = nil, to database: Database) throws {
        let items = job.id == nil ? nil : try Self.json(job.items)
        try database.execute(
            sql: "INSERT OR REPLACE INTO erasures VALUES (?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                job.token, job.begun, finished, job.step.rawValue, job.id, items, try Self.json(job.done),
            ])
    }

    /// Sorted, so that the same has the same bytes.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

public import Foundation
import GRDB
import Platform

/// What is kept of an erasure, and given to whoever asked for it: it does not say who was erased.
public struct ErasureReceipt: Sendable, Equatable {
    /// From 1.
    public let number: Int64
    public let token: String
    /// Seconds since 1970.
    public let written: Int64
    /// JSON.
    public let document: String
    /// SHA-256 of the chain of the receipt before, the token, the time and the document: none can be changed, removed or moved
    /// without all later ones.
    public let chain: Data

    static func chain(after before: Data, token: String, written: Int64, document: String) -> Data {
        Data(sha256(before + Data("\(token)\n\(written)\n\(document)".utf8)))
    }
}

extension Store {
    /// Writes the receipt of an erasure and forgets the id, in one commit.
    public func seal(_ job: ErasureJob, now: Int64) throws(StoreError) -> ErasureReceipt {
        try write { database in
            var job = job
            job.step = .files
            (job.id, job.items) = (nil, [])
            let document = try Self.json(job.done)
            let before = try Data.fetchOne(database, sql: "SELECT chain FROM receipts ORDER BY receipt DESC LIMIT 1")
            let chain = ErasureReceipt.chain(
                after: before ?? Data(), token: job.token, written: now, document: document)
            try database.execute(
                sql: "INSERT INTO receipts (token, written, document, chain) VALUES (?, ?, ?, ?)",
                arguments: [job.token, now, document, chain])
            let receipt = ErasureReceipt(
                number: database.lastInsertedRowID, token: job.token, written: now, document: document, chain: chain)
            try Self.write(job, to: database)
            return receipt
        }
    }

    /// All receipts, oldest first.
    ///
    /// - Throws: `StoreError.inconsistent` where one is not as it was written, or one is missing among them.
    public func receipts() throws(StoreError) -> [ErasureReceipt] {
        try read { database in
            var before = Data()
            return try Row.fetchAll(database, sql: "SELECT * FROM receipts ORDER BY receipt").enumerated().map {
                place, row in
                let receipt = ErasureReceipt(
                    number: try row[at: "receipt"], token: try row[at: "token"], written: try row[at: "written"],
                    document: try row[at: "document"], chain: try row[at: "chain"])
                let expected = ErasureReceipt.chain(
                    after: before, token: receipt.token, written: receipt.written, document: receipt.document)
                guard receipt.number == Int64(place + 1), receipt.chain == expected else {
                    throw StoreError.inconsistent(
                        path: path, problem: "receipt \(receipt.number) of an erasure is not as it was written",
                        remedy: "Compare with the receipts that were handed out, or restore a copy.")
                }
                before = receipt.chain
                return receipt
            }
        }
    }

    /// The receipt of an erasure; nil before there is one.
    public func receipt(of token: String) throws(StoreError) -> ErasureReceipt? {
        try receipts().first { $0.token == token }
    }
}

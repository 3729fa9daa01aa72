public import Foundation
public import Store

/// Erases a user from a store and from all that left it: durable, so that whatever ends the program another goes on, and
/// checked byte by byte in the end.
///
/// 1. The rows go in one commit, which leaves a job and a tombstone: from here on nobody is answered with them.
/// 2. Indices and topics forget.
/// 3. Files of the ledger are written anew without them, or removed; the receipt is written, and the id is gone.
/// 4. The log is emptied, and the file is written anew where a trace is left in it.
public struct Erasure: Sendable {
    private let store: Store
    private let copies: [any ErasableCopy]
    private let vacuums: Bool
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - copies: what is reached; places of the ledger that none of them covers are told as remaining.
    ///   - vacuums: whether the file is written anew in any case, which takes seconds for a large store.
    ///   - now: seconds since 1970.
    public init(
        _ store: Store, copies: [any ErasableCopy] = [], vacuums: Bool,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    ) {
        self.store = store
        self.copies = copies
        self.vacuums = vacuums
        self.now = now
    }

    /// Places outside that no given copy covers, and which may hold people.
    public func unreachedPlaces() throws -> [String] {
        try store.outputs().filter { $0.holdsPeople && $0.isRemote && covering($0) == nil }.map(\.place)
    }

    /// Removes the rows; the rest may follow later.
    ///
    /// - Parameter actor: who asks for it: the name of a key, or `command line`.
    /// - Throws: `GovernanceError.unknownUser` where there is nothing of them.
    public func begin(_ user: String, by actor: String) throws -> ErasureJob {
        guard let job = try store.beginErasure(of: user, now: now()) else { throw GovernanceError.unknownUser }
        try store.audit("privacy.erase", by: actor, about: user, detail: job.token)
        return job
    }

    /// Does what is left of an erasure.
    ///
    /// - Throws: what indices and topics throw; the job stays, and can be completed later.
    public func complete(_ job: ErasureJob) async throws -> ErasureReceipt {
        var job = job
        let id = job.id
        if job.step == .rows {
            job.done.places += try await eraseCopies(job)
            job.step = .sinks
            try await HeavyThread.run { [store, job] in try store.note(job) }
        }
        return try await HeavyThread.run { [self, job] in
            if job.step == .sinks { try eraseFiles(job) }
            try clean(job, id: id)
            guard let receipt = try store.receipt(of: job.token) else { throw GovernanceError.noReceipt }
            return receipt
        }
    }

    private func covering(_ output: Output) -> (any ErasableCopy)? { copies.first { $0.covers(output) } }

    private func eraseCopies(_ job: ErasureJob) async throws -> [ErasureRecord.Place] {
        guard let id = job.id else { return [] }
        let outputs = try await HeavyThread.run { [store] in try store.outputs() }.filter(\.isRemote)
        var places: [ErasureRecord.Place] = []
        for copy in copies {
            places += try await copy.erase(id, items: job.items, outputs: outputs.filter(copy.covers))
        }
        places += outputs.filter { $0.holdsPeople && covering($0) == nil }.map { output in
            .init(
                kind: output.kind, place: output.place, .remaining,
                note: "it was not reached; erase there, or index or publish anew after removing it")
        }
        return places
    }

    private func eraseFiles(_ job: ErasureJob) throws {
        guard let id = job.id else { return }
        var job = job
        job.done.places += try ErasedFiles(store, now: now()).erase(id)
        job.done.interim = Self.interim
        _ = try store.seal(job, now: now())
    }

    /// What answers between the first step and the refresh that follows.
    private static let interim =
        "Neighbor lists left the user out at once. Until the next refresh, models that were fitted before recommend items to others; "
        + "nobody was answered with the user. The refresh fits all models anew from the ratings that are left."

    private func clean(_ job: ErasureJob, id: String?) throws {
        // Whose traces to look for is not known after an interruption.
        if try vacuums || id == nil || store.hasOldTraces() { try store.vacuum() }
        try store.emptyLog()
        if let id, try store.hasTrace(of: id) {
            try store.vacuum()
            try store.emptyLog()
        }
        try store.finish(job, now: now())
    }
}

extension Output {
    /// Whether it is reached over a network; all else is a file.
    var isRemote: Bool { !place.hasPrefix("/") }
}

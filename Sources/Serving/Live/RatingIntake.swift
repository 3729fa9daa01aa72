import Store

/// Gathers submissions that come at the same time into one commit, so that they wait for the disk together.
///
/// While one commit is on its way to the disk the next batch collects; a submission returns when its own is there.
actor RatingIntake {
    private typealias Waiting = (
        submission: RatingSubmission, continuation: CheckedContinuation<RatingSubmission.Outcome, any Error>
    )

    private let store: Store
    private let now: @Sendable () -> Int64
    private var waiting: [Waiting] = []
    private var isWriting = false
    /// The most submissions of one commit.
    private static let batchSize = 1_000

    init(_ store: Store, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.now = now
    }

    /// - Throws: `StoreError` where nothing of the batch was stored.
    func submit(_ submission: RatingSubmission) async throws -> RatingSubmission.Outcome {
        try await withCheckedThrowingContinuation { continuation in
            waiting.append((submission, continuation))
            guard !isWriting else { return }
            isWriting = true
            Task { await writeAll() }
        }
    }

    private func writeAll() async {
        while !waiting.isEmpty {
            let batch = Array(waiting.prefix(Self.batchSize))
            waiting.removeFirst(batch.count)
            do {
                let outcomes = try await store.apply(batch.map(\.submission), now: now())
                for (one, outcome) in zip(batch, outcomes) { one.continuation.resume(returning: outcome) }
            } catch {
                for one in batch { one.continuation.resume(throwing: error) }
            }
        }
        isWriting = false
    }
}

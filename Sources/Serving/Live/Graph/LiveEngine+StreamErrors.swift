package import Evaluation
package import Store
import Synchronization

extension LiveEngine {
    /// Adds what came of predictions since the last call to the store's minutes; what cannot be written is kept for the next.
    package func keepStreamErrors(now: Int64) throws {
        guard !isFollower else { return }
        let new = liveGraph.map { Self.errors(of: $0.drainError(), now: now) } ?? []
        let errors = state.withLock { state in
            defer { state.unkeptErrors = [] }
            return state.unkeptErrors + new
        }
        do { try store.add(streamErrors: errors) } catch {
            state.withLock { $0.unkeptErrors += errors }
            throw error
        }
    }

    private static func errors(of interval: PrequentialError.Interval, now: Int64) -> [StreamError] {
        interval.parts.compactMap { part in
            let sums = part.sums
            guard sums.count > 0 || sums.likes > 0 else { return nil }
            var error = StreamError(time: now, model: part.model, users: part.users.rawValue)
            (error.count, error.squaredError, error.absoluteError) = (
                sums.count, sums.squaredError, sums.absoluteError
            )
            (error.likes, error.hits) = (sums.likes, sums.hits)
            if part.users == .all { error.drifts = interval.drifts.count { $0.model == part.model } }
            return error
        }
    }
}

extension StreamError {
    /// The sums, of which means are taken.
    package var sums: ErrorSums {
        var sums = ErrorSums()
        (sums.count, sums.squaredError, sums.absoluteError) = (count, squaredError, absoluteError)
        (sums.likes, sums.hits) = (likes, hits)
        return sums
    }
}

internal import Factorization
internal import LinearAlgebra

/// Half a step of alternating least squares for a block of rows: takes ROWS, CHUNKS, perhaps GRAMIAN, ROUTES and FEATURES, and
/// answers VALUES, and at the end SOLVE or FIRST. DRAW, which tells where the random numbers of each block begin, stands alone.
final class FactorTask: FrameTask {
    private let settings: FactorSettings
    private let limits: WorkerLimits
    private var input: FactorInput
    private var features: FeatureRows?
    private var stream: RowStream?
    /// What has been asked for; nil before the first question.
    private var asked: FrameKind?

    init(_ settings: WorkerSettings, _ limits: WorkerLimits, threads: Int) {
        self.settings = FactorSettings(settings, threads: threads)
        self.limits = limits
        input = FactorInput(limits)
    }

    func take(_ frame: Frame, _ output: inout FrameWriter) throws(WorkerFailure) {
        if let asked, asked != .values { throw unexpected(frame, "\(asked.name) has been answered") }
        var payload = PayloadReader(frame)
        switch frame.kind {
        case .rows, .chunks, .gramian, .routes:
            guard stream == nil else { throw unexpected(frame, "it has to stand before FEATURES") }
            try input.take(frame, settings)
        case .features: try addFeatures(FeatureRows.Piece(&payload, order: settings.order), frame)
        case .values:
            try payload.end()
            let sums = try input.block(settings, for: frame, mean: 0).valueSums
            try output.write(losses: sums, penalties: Array(repeating: 0, count: sums.count))
        case .first: try write(first(&payload, frame), &output)
        case .solve:
            try payload.end()
            try write(solve(frame), &output)
        case .draw:
            guard isEmpty else { throw unexpected(frame, "it has to stand alone") }
            try draw(&payload, &output)
        default: throw unexpected(frame, "the task is \(settings.task.rawValue)")
        }
        if [.values, .first, .solve, .draw].contains(frame.kind) { asked = frame.kind }
    }

    func finish(_ output: inout FrameWriter) throws(WorkerFailure) {
        guard asked != nil || isEmpty else { throw .badInput("the input ends before SOLVE, FIRST or VALUES") }
    }

    /// Whether nothing has come that a question could be about.
    private var isEmpty: Bool { input.isEmpty && features == nil && stream == nil && asked == nil }

    private func addFeatures(_ piece: FeatureRows.Piece, _ frame: Frame) throws(WorkerFailure) {
        if try settings.isStreamed {
            if stream == nil { stream = try input.block(settings, for: frame, mean: settings.mean).stream() }
            stream?.add(ids: piece.ids[...], features: piece.features)
        } else {
            let empty = FeatureRows(partners: try settings.partners(limits), order: try settings.order)
            var features = features ?? empty
            // One owner, so that adding does not copy.
            self.features = nil
            try features.add(piece)
            self.features = features
        }
    }

    private func first(_ payload: inout PayloadReader, _ frame: Frame) throws(WorkerFailure) -> RowBlock.Solution {
        let state = try payload.numbers(UInt64.self, 4, "words")
        try payload.end()
        guard state.contains(where: { $0 != 0 }) else { throw payload.failure("the state is zero") }
        return try input.block(settings, for: frame, mean: 0).first(from: SeededGenerator(state: state))
    }

    private func solve(_ frame: Frame) throws(WorkerFailure) -> RowBlock.Solution {
        let block = try input.block(settings, for: frame, mean: settings.mean)
        do throws(FactorizationError) {
            if let stream = stream.take() { return try stream.finish() }
        } catch { throw failure(error) }
        let isStreamed = try settings.isStreamed
        let empty = FeatureRows(partners: try settings.partners(limits), order: try settings.order)
        let partners = isStreamed ? nil : try (features ?? empty).matrix(for: input.ratings)
        features = nil
        do throws(FactorizationError) {
            // Without any FEATURES, no row can have partners.
            guard let partners else { return try block.stream().finish() }
            return try block.solve(against: partners)
        } catch { throw failure(error) }
    }

    private func failure(_ error: FactorizationError) -> WorkerFailure {
        switch error {
        case .missingPartner, .unexpectedPartner: .badInput("FEATURES: \(error)")
        default: WorkerFailure(.noResult, error.description)
        }
    }

    private func write(_ solution: RowBlock.Solution, _ output: inout FrameWriter) throws(WorkerFailure) {
        guard solution.vectors.storage.allSatisfy(\.isFinite) else {
            throw WorkerFailure(
                .noResult, "the factors are not finite; raise regularization, or check the scale of the ratings")
        }
        if let routes = input.routes {
            try output.write(solution.vectors, of: input.ratings, by: routes, first: settings.first)
        } else {
            try output.write(solution: solution.vectors)
        }
        try output.write(losses: solution.losses, penalties: solution.penalties)
        try output.write(gramians: solution.gramians, order: settings.order)
    }

    private func draw(_ payload: inout PayloadReader, _ output: inout FrameWriter) throws(WorkerFailure) {
        let seed = try payload.numbers(UInt64.self, 1, "seeds")[0]
        let rank = try payload.count("rank")
        let rows = try payload.rest(Int.self, "blocks")
        try payload.end()
        try OptionRange.rank.check("rank", rank, WorkerSettings.outOfRange)
        var total = 0
        for count in rows {
            guard count >= 0, count <= limits.side - total else { throw payload.failure("too many rows, or below 0") }
            total += count
        }
        var states = PayloadWriter()
        states.add(FirstFactors.states(seed: seed, rank: rank, rows: rows).flatMap(\.words))
        try output.write(.states, states)
    }
}

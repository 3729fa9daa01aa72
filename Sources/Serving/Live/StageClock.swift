import Store

/// Times stages that follow each other, and reports their progress.
struct StageClock {
    private(set) var stages: [StoredRun.Stage] = []
    private var current: (stage: String, begin: ContinuousClock.Instant)?
    /// Told a stage and the share of it that is done, from 0 to 1, from any thread.
    let progress: @Sendable (String, Double) -> Void

    init(_ progress: @escaping @Sendable (String, Double) -> Void) { self.progress = progress }

    /// Begins a stage, which ends the one before.
    mutating func begin(_ stage: String) {
        end()
        current = (stage, .now)
        progress(stage, 0)
    }

    mutating func end() {
        guard let (stage, begin) = current else { return }
        current = nil
        add(stage, seconds: begin.duration(to: .now) / .seconds(1))
        progress(stage, 1)
    }

    /// A stage that was timed elsewhere.
    mutating func add(_ stage: String, seconds: Double) {
        stages.append(StoredRun.Stage(stage: stage, seconds: seconds))
    }
}

/// What has been measured already, and where measurements go: so a search that was ended goes on where it was.
public struct TrialMemory: Sendable {
    /// The losses of a trial on a split.
    public struct Measurement: Sendable, Equatable {
        /// The model.
        public let model: ModelKind
        /// From 0, the defaults.
        public let trial: Int
        /// From 0.
        public let split: Int
        /// By stage of the fit; infinite where it fails.
        public let losses: [Double]

        /// Creates a measurement.
        public init(model: ModelKind, trial: Int, split: Int, losses: [Double]) {
            self.model = model
            self.trial = trial
            self.split = split
            self.losses = losses
        }
    }

    private struct Place: Hashable {
        let model: ModelKind
        let trial: Int
        let split: Int
    }

    private var known: [Place: [Double]] = [:]
    /// Called from any thread, once for each measurement that is new.
    let record: @Sendable (Measurement) -> Void

    /// Creates a memory of known measurements; `record` receives new ones.
    public init(_ known: [Measurement] = [], record: @escaping @Sendable (Measurement) -> Void = { _ in }) {
        self.record = record
        for one in known { self.known[Place(model: one.model, trial: one.trial, split: one.split)] = one.losses }
    }

    func losses(_ model: ModelKind, trial: Int, split: Int) -> [Double]? {
        known[Place(model: model, trial: trial, split: split)]
    }
}

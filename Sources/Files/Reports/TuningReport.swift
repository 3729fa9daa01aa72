public import FileOutput

/// A search for parameters with every trial: `trials.csv` for machines, `tuning.html` to read.
///
/// The same search gives the same bytes; neither a date nor seconds are in them.
public struct TuningReport: Sendable {
    /// The search for the parameters of a model.
    public struct Search: Sendable {
        public struct Parameter: Sendable {
            public let name: String
            /// Whether its values are spread by their logarithm.
            public let isLogarithmic: Bool

            public init(name: String, isLogarithmic: Bool) {
                self.name = name
                self.isLogarithmic = isLogarithmic
            }
        }

        public struct Trial: Sendable {
            /// From 1; 1 are the defaults.
            public let number: Int
            /// How many splits it was measured on.
            public let splits: Int
            /// The mean over these.
            public let score: Double
            /// That of the first split, which all trials have.
            public let first: Double
            /// By parameter.
            public let values: [String]

            public init(number: Int, splits: Int, score: Double, first: Double, values: [String]) {
                self.number = number
                self.splits = splits
                self.score = score
                self.first = first
                self.values = values
            }
        }

        public let model: String
        public let metric: String
        public let isLowerBetter: Bool
        public let parameters: [Parameter]
        public let trials: [Trial]
        /// The number of the trial that won.
        public let winner: Int

        public init(
            model: String, metric: String, isLowerBetter: Bool, parameters: [Parameter], trials: [Trial], winner: Int
        ) {
            self.model = model
            self.metric = metric
            self.isLowerBetter = isLowerBetter
            self.parameters = parameters
            self.trials = trials
            self.winner = winner
        }
    }

    /// What the ratings are called.
    public let source: String
    public let version: String
    public let options: [String: String]
    public let searches: [Search]

    public init(source: String, version: String, options: [String: String], searches: [Search]) {
        self.source = source
        self.version = version
        self.options = options
        self.searches = searches
    }

    /// `trials.csv`: model, trial, splits, metric, score (the mean over the splits), first_split, chosen, and a column for each
    /// parameter that any model was searched for, empty for the others. A fit that failed has the score `inf` or `-inf`.
    public func writeTrials(to writer: inout ByteWriter) throws(OutputError) {
        var names: [String] = []
        for parameter in searches.flatMap(\.parameters) where !names.contains(parameter.name) {
            names.append(parameter.name)
        }
        try writer.write("model,trial,splits,metric,score,first_split,chosen,\(names.joined(separator: ","))\n")
        for search in searches {
            for trial in search.trials {
                let values = names.map { name in
                    search.parameters.firstIndex { $0.name == name }.map { csvField(trial.values[$0]) } ?? ""
                }
                let chosen = trial.number == search.winner ? "true" : "false"
                try writer.write(
                    "\(csvField(search.model)),\(trial.number),\(trial.splits),\(search.metric),\(trial.score),"
                        + "\(trial.first),\(chosen),\(values.joined(separator: ","))\n")
            }
        }
    }

    /// `tuning.html`: one page that needs nothing but itself.
    public var html: String { TuningPage(self).markup.text }
}

public import FileOutput

/// A parameter search with all trials: `trials.csv` for machines, `tuning.html` to read.
///
/// The same search gives the same bytes, without dates or durations.
public struct TuningReport: Sendable {
    /// The parameter search of one model.
    public struct Search: Sendable {
        /// A parameter of the search.
        public struct Parameter: Sendable {
            /// The name of the parameter.
            public let name: String
            /// Whether its values are sampled on a logarithmic scale.
            public let isLogarithmic: Bool

            /// Creates a parameter.
            public init(name: String, isLogarithmic: Bool) {
                self.name = name
                self.isLogarithmic = isLogarithmic
            }
        }

        /// A trial: one choice of all parameters.
        public struct Trial: Sendable {
            /// Counted from 1; trial 1 has the defaults.
            public let number: Int
            /// The number of splits it was measured on.
            public let splits: Int
            /// The mean score over these splits.
            public let score: Double
            /// The score on the first split, which all trials have.
            public let first: Double
            /// By parameter.
            public let values: [String]

            /// Creates a trial.
            public init(number: Int, splits: Int, score: Double, first: Double, values: [String]) {
                self.number = number
                self.splits = splits
                self.score = score
                self.first = first
                self.values = values
            }
        }

        /// The name of the model.
        public let model: String
        /// The metric to optimize.
        public let metric: String
        /// Whether lower values of the metric are better.
        public let isLowerBetter: Bool
        /// The parameters searched.
        public let parameters: [Parameter]
        /// All trials, by number.
        public let trials: [Trial]
        /// The number of the winning trial.
        public let winner: Int

        /// Creates a search.
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

    /// The name of the ratings.
    public let source: String
    /// The version of the program.
    public let version: String
    /// The options of the run by name, as on the command line.
    public let options: [String: String]
    /// The searches, by model.
    public let searches: [Search]

    /// Creates a report.
    public init(source: String, version: String, options: [String: String], searches: [Search]) {
        self.source = source
        self.version = version
        self.options = options
        self.searches = searches
    }

    /// `trials.csv`: model, trial, splits, metric, score (the mean over the splits), first_split, chosen, and one
    /// column per parameter searched for any model, empty for others. A failed fit has the score `inf` or `-inf`.
    public func writeTrials(to writer: inout ByteWriter) throws(OutputError) {
        var names: [String] = []
        for parameter in searches.flatMap(\.parameters) where !names.contains(parameter.name) {
            names.append(parameter.name)
        }
        try writer.write("model,trial,splits,metric,score,first_split,chosen,\(names.joined(separator: ","))\n")
        for search in searches {
            for trial in search.trials {
                let values = names.map { name in
                    search.parameters.firstIndex { $0.name == name }.map { writer.csvField(trial.values[$0]) } ?? ""
                }
                let chosen = trial.number == search.winner ? "true" : "false"
                try writer.write(
                    "\(writer.csvField(search.model)),\(trial.number),\(trial.splits),\(search.metric),\(trial.score),"
                        + "\(trial.first),\(chosen),\(values.joined(separator: ","))\n")
            }
        }
    }

    /// `tuning.html`: one self-contained page.
    public var html: String { TuningPage(self).markup.text }
}

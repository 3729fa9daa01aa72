/// What is wrong with an input, where, and what to do about it.
///
/// It reads as `ratings.csv:812: rating "six" is not a number (column 3). Fix the row, or …`.
public struct InputError: Error, Equatable, CustomStringConvertible {
    /// The path as the user gave it.
    public let file: String
    /// Counted from 1; nil where the whole file is meant.
    public let line: Int?
    /// The field, counted from 1; nil where the whole line is meant.
    public let column: Int?
    /// What is wrong, with the observed value.
    public let problem: String
    public let remedy: String
    /// What the remedy is about, for those who can say how it is done: the command line names its option.
    public let topic: Topic?

    public enum Topic: Sendable {
        /// Which columns are user, item, rating and timestamp.
        case columns
        /// What becomes of malformed rows.
        case malformedRows
        /// Where published data sets come from.
        case dataSets
        /// How a saved model comes about.
        case savedModels
    }

    public init(
        file: String, line: Int? = nil, column: Int? = nil, problem: String, remedy: String, topic: Topic? = nil
    ) {
        self.topic = topic
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String {
        let position = line.map { ":\($0)" } ?? ""
        let field = column.map { " (column \($0))" } ?? ""
        return "\(file)\(position): \(problem)\(field). \(remedy)"
    }
}

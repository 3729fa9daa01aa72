/// An input error: position, problem and remedy.
///
/// It reads as `ratings.csv:812: rating "six" is not a number (column 3). Fix the row, or …`.
public struct InputError: Error, Equatable, CustomStringConvertible {
    /// The path as the user gave it.
    public let file: String
    /// Counted from 1; nil for the whole file.
    public let line: Int?
    /// The field, counted from 1; nil for the whole line.
    public let column: Int?
    /// The problem, with the observed value.
    public let problem: String
    /// What to do about it.
    public let remedy: String
    /// What the remedy is about, for those who can say how it is done: the command line names its option.
    public let topic: Topic?

    /// The subject of a remedy.
    public enum Topic: Sendable, Equatable {
        /// Which columns are user, item, rating and timestamp.
        case columns
        /// The same, with a choice that fits, such as `user=user,item=ID,rating=rating`.
        case choice(String)
        /// The encoding of the text.
        case encoding
        /// Which of several files is meant.
        case files
        /// How far an archive may expand.
        case unpacking
        /// What becomes of malformed rows.
        case malformedRows
        /// Where published data sets come from.
        case dataSets
        /// How a saved model comes about.
        case savedModels
    }

    /// Creates an error.
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
        // What it quotes may have line breaks, by which it would say something else.
        return "\(file)\(position): \(problem)\(field). \(remedy)".visible()
    }
}

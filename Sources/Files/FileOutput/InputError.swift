/// What is wrong with an input, where, and what to do about it.
///
/// It reads as `ratings.csv:812: rating "six" is not a number (column 3). Mend the row, or …`.
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

    public init(
        file: String, line: Int? = nil, column: Int? = nil, problem: String, remedy: String
    ) {
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

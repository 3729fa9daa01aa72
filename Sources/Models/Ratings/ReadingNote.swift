/// A note for the user on how a source was read, often a suspicion.
public struct ReadingNote: Sendable, Equatable, CustomStringConvertible {
    /// What was found, as a sentence.
    public let text: String
    /// What can be done about it, for those who can say how: the command line names its option.
    public let topic: Topic?

    /// The subject of a remedy.
    public enum Topic: Sendable, Equatable {
        /// Ratings outside of a scale can be left out.
        case scale(ClosedRange<Float>)
        /// The columns can be named; a choice that fits, such as `user=1,item=2,rating=4`.
        case columns(String)
        /// The encoding can be named.
        case encoding
    }

    /// Creates a note.
    public init(_ text: String, _ topic: Topic? = nil) {
        self.text = text
        self.topic = topic
    }

    public var description: String { text }
}

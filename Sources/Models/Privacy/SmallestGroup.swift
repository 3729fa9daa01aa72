/// The least number of people that a figure about a group may come from, where others than its members see it.
///
/// With fewer, who knows all members but one learns of the last (k-anonymity: Sweeney 2002, section 3).
public struct SmallestGroup: Sendable, Equatable {
    /// From 1, which hides nothing. The default is 5.
    public let size: Int

    public init(size: Int = 5) {
        precondition(size >= 1, "a group has at least one member, not \(size)")
        self.size = size
    }

    /// Whether a figure of this many people may be told. That nobody is in a group tells of nobody: with the default, 0 and 5 may
    /// be told, 1 and 4 may not.
    public func allows(_ people: Int) -> Bool { people == 0 || people >= size }
}

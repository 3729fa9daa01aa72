/// Everything that data is in: each column of the store, and each field of the files, topics, indices, metrics and log that the
/// program writes. The record of processing, the catalogue, the sweep and the tests read this one declaration.
public enum Inventory {
    /// In the order of the declaration: store, files, topics, indices, metrics, log.
    public static let elements: [DataElement] =
        (store + views + graphFiles + modelFiles + clusterFiles + reportFiles + otherFiles + topics + indices + metrics
        + log)
        .flatMap(\.elements)

    /// Something that was seen: a column of a table that is there, a field of a file that was written.
    public struct Observed: Sendable, Hashable, Comparable, CustomStringConvertible {
        public let place: DataElement.Place
        public let holder: String
        public let name: String

        public init(_ place: DataElement.Place, _ holder: String, _ name: String) {
            self.place = place
            self.holder = holder
            self.name = name
        }

        public var description: String { "\(place.rawValue) \(holder) \(name)" }

        public static func < (a: Observed, b: Observed) -> Bool {
            (a.place.rawValue, a.holder, a.name) < (b.place.rawValue, b.holder, b.name)
        }
    }

    /// What was seen and no element declares, in order.
    public static func undeclared(_ observed: some Sequence<Observed>) -> [Observed] {
        let byPlace = Dictionary(grouping: elements) { $0.place }
        return Set(observed).filter { seen in
            !(byPlace[seen.place] ?? []).contains { matches($0.holder, seen.holder) && matches($0.name, seen.name) }
        }.sorted()
    }

    /// What is declared of a place and was not seen there, in order.
    public static func unseen(_ observed: some Sequence<Observed>, of place: DataElement.Place) -> [Observed] {
        let seen = Set(observed)
        return elements.filter { element in
            element.place == place
                && !seen.contains {
                    $0.place == place && matches(element.holder, $0.holder) && matches(element.name, $0.name)
                }
        }.map { Observed($0.place, $0.holder, $0.name) }.sorted()
    }

    /// Whether a name is that of a declaration, in which one `*` stands for any text: `user_*` has `user_factors`.
    static func matches(_ declared: String, _ name: String) -> Bool {
        guard let star = declared.firstIndex(of: "*") else { return declared == name }
        let (head, tail) = (declared[..<star], declared[declared.index(after: star)...])
        return name.count >= head.count + tail.count && name.hasPrefix(head) && name.hasSuffix(tail)
    }
}

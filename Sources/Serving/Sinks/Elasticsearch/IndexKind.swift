/// What is indexed: each kind has an index and an alias of its own, `kindred-items` and so on.
public enum IndexKind: String, Sendable, CaseIterable, Comparable {
    case items, users, ratings, recommendations, communities, edges

    /// The name that is searched and written.
    public func alias(_ prefix: String) -> String { "\(prefix)-\(rawValue)" }

    /// Whether its documents name users.
    public var holdsPeople: Bool { ![.items, .communities].contains(self) }

    /// In the order of the cases.
    public static func < (a: IndexKind, b: IndexKind) -> Bool {
        (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
}

/// One generation of an index: `kindred-items-000003`.
package struct IndexName: Hashable, Comparable {
    package let kind: IndexKind
    package let prefix: String
    /// From 1.
    package let number: Int

    package init(_ kind: IndexKind, prefix: String, number: Int) {
        (self.kind, self.prefix, self.number) = (kind, prefix, number)
    }

    /// - Returns: nil for the name of anything else.
    package init?(_ name: String, _ kind: IndexKind, prefix: String) {
        let start = kind.alias(prefix) + "-"
        guard name.hasPrefix(start) else { return nil }
        let digits = name.dropFirst(start.count)
        guard digits.count >= 6, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits) else {
            return nil
        }
        self.init(kind, prefix: prefix, number: number)
    }

    package var name: String {
        let digits = "\(number)"
        return kind.alias(prefix) + "-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// Through which it is loaded: documents for an index that was removed meanwhile make none anew.
    package var loadingAlias: String { name + "-loading" }

    /// The alias that tells by which key users of an index have pseudonyms: `kindred-key-0123456789abcdef`.
    package static func keyAlias(_ key: String, prefix: String) -> String { "\(prefix)-key-\(key)" }

    package static func < (a: IndexName, b: IndexName) -> Bool { (a.kind, a.number) < (b.kind, b.number) }
}

import FileOutput
import Ratings

/// The columns of user, item, rating and timestamp, told by the names in a header and by what the columns hold.
///
/// A known name is never passed over because another one is unknown. What could be either of two is refused.
struct NamedColumns {
    private(set) var positions: [ColumnRole: Int] = [:]
    private(set) var notes: [ReadingNote] = []
    private let names: [String]
    private let evidence: [ColumnEvidence]
    private let path: String
    private let line: Int

    init(
        _ names: [String], _ evidence: [ColumnEvidence], path: String, line: Int
    ) throws(InputError) {
        self.names = names
        self.evidence = evidence
        self.path = path
        self.line = line
        for role in ColumnRole.allCases { try takeNamed(role) }
        takeUnnamedTimestamp()
        if positions[.user] == nil, positions[.item] == nil {
            try takeByPosition()
        } else {
            try takeRemaining(.user)
            try takeRemaining(.item)
        }
        try takeRating()
    }

    /// The column whose name has the role most surely.
    private mutating func takeNamed(_ role: ColumnRole) throws(InputError) {
        let found = names.indices.compactMap { position -> (position: Int, certainty: Int)? in
            guard let meaning = ColumnNames.meaning(of: names[position]), meaning.role == role,
                !evidence[position].isEmpty
            else { return nil }
            return (position, meaning.certainty)
        }
        let usable = found.filter { role != .timestamp || evidence[$0.position].mayBeTimes }
        if usable.isEmpty, let unreadable = found.first {
            notes.append(
                ReadingNote("Column \(names[unreadable.position]) holds no times that can be read; it is not used."))
        }
        let most = usable.map(\.certainty).max()
        let candidates = usable.filter { $0.certainty == most }.map(\.position)
        let keys = candidates.filter { ColumnNames.isKey(names[$0]) }
        guard let first = candidates.first else { return }
        if candidates.count == 1 || role == .timestamp {
            positions[role] = first
        } else if keys.count == 1 {
            positions[role] = keys[0]
        } else {
            throw ambiguous(role, candidates)
        }
        if role == .timestamp, candidates.count > 1 {
            let others = candidates.dropFirst().map { names[$0] }.joined(separator: " and ")
            notes.append(
                ReadingNote("\(names[first]) is taken as the time, though \(others) may be it.", .columns(suggestion()))
            )
        }
    }

    private mutating func takeUnnamedTimestamp() {
        guard positions[.timestamp] == nil, let position = remaining.first(where: { evidence[$0].areMoments }) else {
            return
        }
        positions[.timestamp] = position
        notes.append(ReadingNote("Column \(shown(position)) holds times and is used as the timestamp."))
    }

    /// Columns without a role, apart from row numbers and empty ones.
    private var remaining: [Int] {
        names.indices.filter { position in
            let isTaken = positions.values.contains(position)
            return !isTaken && !evidence[position].isEmpty && !Self.isIndex(names[position], evidence[position])
        }
    }

    /// Whether a column numbers the rows, as pandas writes them.
    private static func isIndex(_ name: String, _ evidence: ColumnEvidence) -> Bool {
        name.isEmpty
            || ["unnamed0", "index", "rownumber", "row"].contains(ColumnNames.plain(name))
                && evidence.areRowNumbers
    }

    /// The only key that is left, or the only column.
    private mutating func takeRemaining(_ role: ColumnRole) throws(InputError) {
        guard positions[role] == nil else { return }
        let others = remaining.filter { !evidence[$0].areMoments }
        let keys = others.filter { ColumnNames.isKey(names[$0]) }
        let candidates = keys.isEmpty ? others : keys
        guard candidates.count == 1 else { throw ambiguous(role, candidates) }
        positions[role] = candidates[0]
    }

    /// User, item and rating in that order where the header tells nothing and leaves no other choice.
    private mutating func takeByPosition() throws(InputError) {
        let others = remaining.filter { !evidence[$0].areMoments }
        let hasRating = positions[.rating] != nil
        guard others.count == 2 || others.count == 3 && !hasRating else { throw ambiguous(.user, others) }
        positions[.user] = others[0]
        positions[.item] = others[1]
        if others.count == 3 { positions[.rating] = others[2] }
        let roles = [ColumnRole.user, .item, .rating].compactMap { role in
            positions[role].map { "\(role.rawValue) = \(names[$0])" }
        }
        notes.append(
            ReadingNote(
                "Columns taken by position, for the header has other names: \(roles.joined(separator: ", ")).",
                .columns(suggestion())))
    }

    private mutating func takeRating() throws(InputError) {
        guard positions[.rating] == nil else { return }
        let others = remaining
        let candidates = others.filter {
            evidence[$0].isNumeric && !evidence[$0].areMoments && !ColumnNames.isAnyKey(names[$0])
        }
        if candidates.count == 1, others.count == 1 {
            positions[.rating] = candidates[0]
            notes.append(
                ReadingNote("Column \(shown(candidates[0])) is taken as the rating.", .columns(suggestion())))
        } else if !candidates.isEmpty {
            throw ambiguous(.rating, candidates)
        }
    }

    private func ambiguous(_ role: ColumnRole, _ candidates: [Int]) -> InputError {
        let found = candidates.map(shown).joined(separator: ", ")
        let problem =
            switch candidates.count {
            case 0: "no column is known as the \(role.rawValue); the header is \(names.joined(separator: ", "))"
            case 1: "only column \(found) could be the \(role.rawValue), and its name is unknown"
            default: "any of the columns \(found) could be the \(role.rawValue)"
            }
        let alternative = role == .rating ? ", or leave the rating out, and each row counts 1" : ""
        return InputError(
            file: path, line: line, problem: problem, remedy: "Say which it is\(alternative).",
            topic: .choice(suggestion(role, candidates)))
    }

    /// The choice of columns as a user could write it, with the first candidate where a role is open.
    private func suggestion(_ open: ColumnRole? = nil, _ candidates: [Int] = []) -> String {
        ColumnRole.allCases.compactMap { role in
            let likely = candidates.first { position in
                names[position].split(separator: "_").contains {
                    $0.lowercased() == "id" || ColumnNames.meaning(of: String($0))?.role == role
                }
            }
            guard let position = positions[role] ?? (role == open ? likely ?? candidates.first : guess(role)) else {
                return nil
            }
            return "\(role.rawValue)=\(written(position))"
        }.joined(separator: ",")
    }

    /// A column that has the role by its name alone, for a suggestion.
    private func guess(_ role: ColumnRole) -> Int? {
        let taken = Set(positions.values)
        return names.indices.first { position in
            !taken.contains(position) && ColumnNames.meaning(of: names[position])?.role == role
        }
    }

    /// A name where it can be typed and is the only one of its kind, else the position.
    private func written(_ position: Int) -> String {
        let name = names[position]
        let isPlain = !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
        return isPlain && names.count(where: { $0 == name }) == 1 ? name : "\(position + 1)"
    }

    private func shown(_ position: Int) -> String {
        names[position].isEmpty ? "\(position + 1)" : names[position]
    }
}

import FileOutput

/// The columns as the user chose them: `user=NAME,item=NAME,rating=NAME,timestamp=NAME`; or the words `user`, `item`,
/// `rating`, `timestamp` and `-` in the order of the file; or names or positions in the order user, item, rating,
/// timestamp.
struct ColumnChoice {
    /// The position of each role, from 0.
    private(set) var positions: [ColumnRole: Int] = [:]
    /// Whether a column was chosen by its name in the header.
    private(set) var usesNames = false

    /// - Parameters:
    ///   - names: the fields of the first record.
    ///   - namesNumbers: whether a number may be a name of the header.
    init(_ columns: [String], names: [String], namesNumbers: Bool, path: String, line: Int) throws(InputError) {
        if columns.allSatisfy({ $0 == "-" || ColumnRole(rawValue: $0) != nil }) {
            try take(roles: columns, names, path, line)
        } else if columns.allSatisfy({ $0.contains("=") }) {
            for column in columns {
                let place = column.firstIndex(of: "=") ?? column.endIndex
                guard let role = ColumnRole(rawValue: String(column[..<place])) else {
                    throw Self.unclear(columns, path)
                }
                try take(role, String(column[column.index(after: place)...]), names, namesNumbers, path, line)
            }
        } else {
            guard 2...4 ~= columns.count else { throw Self.unclear(columns, path) }
            for (role, column) in zip(ColumnRole.allCases, columns) {
                try take(role, column, names, namesNumbers, path, line)
            }
        }
        guard positions[.user] != nil, positions[.item] != nil else { throw Self.unclear(columns, path) }
        for (role, position) in positions where positions.contains(where: { $0.key < role && $0.value == position }) {
            throw InputError(
                file: path, problem: "column \(position + 1) is to be the \(role.rawValue) and something else too",
                remedy: "Name another one.", topic: .columns)
        }
    }

    private mutating func take(
        roles: [String], _ names: [String], _ path: String, _ line: Int
    ) throws(InputError) {
        for (position, word) in roles.enumerated() {
            guard let role = ColumnRole(rawValue: word) else { continue }
            guard positions[role] == nil else { throw Self.unclear(roles, path) }
            _ = try self.position(position + 1, names, path, line)
            // Where the header has the same words in another order, either may be meant.
            if let other = ColumnRole(rawValue: names[position].lowercased()), other != role {
                throw InputError(
                    file: path, line: line,
                    problem: "column \(position + 1) is called \(names[position]) and is chosen as the \(word)",
                    remedy: "Say which column each is by name or position.",
                    topic: .choice(
                        ColumnRole.allCases.compactMap { role in
                            roles.firstIndex(of: role.rawValue).map { "\(role.rawValue)=\($0 + 1)" }
                        }.joined(separator: ",")))
            }
            positions[role] = position
        }
    }

    /// - Parameter column: a name of the header or a position from 1.
    private mutating func take(
        _ role: ColumnRole, _ column: String, _ names: [String], _ namesNumbers: Bool, _ path: String, _ line: Int
    ) throws(InputError) {
        guard positions[role] == nil else { throw Self.unclear([column], path) }
        let mayBeName = namesNumbers || Int(column) == nil
        if mayBeName, let position = names.firstIndex(of: column) ?? names.firstIndex(where: { untyped($0) == column })
        {
            positions[role] = position
            usesNames = true
        } else if let number = Int(column) {
            positions[role] = try self.position(number, names, path, line)
        } else {
            throw InputError(
                file: path, line: line, problem: "there is no column \"\(column)\"",
                remedy: "The columns are: \(names.joined(separator: ", ")).")
        }
    }

    /// - Parameter number: from 1.
    private func position(_ number: Int, _ names: [String], _ path: String, _ line: Int) throws(InputError) -> Int {
        // It may be the least that there is.
        guard case let position = number &- 1, names.indices.contains(position) else {
            throw InputError(
                file: path, line: line, problem: "there is no column \(number)",
                remedy: "The line has \(names.count) columns.")
        }
        return position
    }

    /// A name without RecBole's type.
    private func untyped(_ name: String) -> String { name.split(separator: ":").first.map(String.init) ?? name }

    private static func unclear(_ columns: [String], _ path: String) -> InputError {
        InputError(
            file: path,
            problem: "\(columns.joined(separator: ",")) does not identify the columns of user and item",
            remedy: "Name two to four: user, item and, where there are such, rating and timestamp.", topic: .columns)
    }
}

extension ColumnRole: Comparable {
    package static func < (left: ColumnRole, right: ColumnRole) -> Bool { left.order < right.order }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

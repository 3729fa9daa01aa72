import FileOutput
import Ratings

/// The columns of a text without a header: user, item, rating and timestamp in that order, where the columns bear it out.
struct PlacedColumns {
    private(set) var positions: [ColumnRole: Int] = [:]
    private(set) var notes: [ReadingNote] = []
    private let path: String
    private let line: Int

    /// The rows from which the absence of any number in a column proves something.
    private static let provingRows = 5
    /// The columns from which a table is taken for a matrix.
    private static let matrixColumns = 8

    /// - Parameter example: the fields of the first row.
    init(
        _ evidence: [ColumnEvidence], example: [String], path: String, line: Int
    ) throws(InputError) {
        self.path = path
        self.line = line
        let used = evidence.indices.filter { !evidence[$0].isEmpty }
        if used.count < 5 { try refuseTimes(used, evidence, example) }
        switch used.count {
        case 2: take(used)
        case 3: try takeThree(used, evidence, example)
        case 4 where Self.hasIndex(used, evidence):
            take(Array(used.dropFirst()))
            notes.append(
                ReadingNote(
                    "Column \(used[0] + 1) is the row number, as pandas writes its index; it is not used.",
                    .columns("user=\(used[0] + 1),item=\(used[1] + 1),rating=\(used[2] + 1),timestamp=\(used[3] + 1)")))
        case 4: try takeFour(used, evidence, example)
        default: throw Self.tooMany(used, evidence, example, path, line)
        }
    }

    private mutating func take(_ columns: [Int]) {
        for (role, column) in zip(ColumnRole.allCases, columns) { positions[role] = column }
    }

    /// Refuses dates where ids should be.
    private func refuseTimes(_ used: [Int], _ evidence: [ColumnEvidence], _ example: [String]) throws(InputError) {
        let isTime = { (column: Int) in evidence[column].areMoments && !evidence[column].isNumeric }
        guard let time = used.prefix(2).first(where: isTime) else { return }
        let others = used.filter { !isTime($0) }.map { $0 + 1 }
        guard others.count >= 2 else { return }
        throw InputError(
            file: path, line: line,
            problem: "column \(time + 1) can only be a time, such as \(example[time]), and no id",
            remedy: "There is no header: say which columns are which.",
            topic: .choice("user=\(others[0]),item=\(others[1]),timestamp=\(time + 1)"))
    }

    private mutating func takeThree(
        _ used: [Int], _ evidence: [ColumnEvidence], _ example: [String]
    ) throws(InputError) {
        if evidence[used[2]].areMoments {
            throw InputError(
                file: path, line: line,
                problem:
                    "column \(used[2] + 1) can only be a time, such as \(example[used[2]]), and no column is the rating",
                remedy: "Say so, and each row counts 1.",
                topic: .choice("user=\(used[0] + 1),item=\(used[1] + 1),timestamp=\(used[2] + 1)"))
        }
        try requireNumbers(used[2], evidence, example, "user=\(used[0] + 1),item=\(used[1] + 1)")
        take(used)
    }

    private mutating func takeFour(
        _ used: [Int], _ evidence: [ColumnEvidence], _ example: [String]
    ) throws(InputError) {
        let user = "user=\(used[0] + 1),item=\(used[1] + 1)"
        if evidence[used[2]].areMoments {
            throw unclear(
                used[2], example,
                "user=\(used[0] + 1),item=\(used[1] + 1),rating=\(used[3] + 1),timestamp=\(used[2] + 1)")
        }
        try requireNumbers(used[2], evidence, example, "\(user),rating=\(used[3] + 1)")
        let mayBeTimes = evidence[used[3]].mayBeTimes || evidence[used[3]].momentCount > 0
        take(Array(used.prefix(mayBeTimes ? 4 : 3)))
        if !mayBeTimes, evidence[used[3]].count >= Self.provingRows {
            notes.append(
                ReadingNote("Column \(used[3] + 1) holds no times, such as \(example[used[3]]); it is not used."))
        } else if !mayBeTimes {
            positions[.timestamp] = used[3]
        }
    }

    private func requireNumbers(
        _ column: Int, _ evidence: [ColumnEvidence], _ example: [String], _ choice: String
    ) throws(InputError) {
        guard 4 * evidence[column].numberCount < evidence[column].count, evidence[column].count >= Self.provingRows
        else { return }
        throw unclear(column, example, choice)
    }

    private func unclear(_ column: Int, _ example: [String], _ choice: String) -> InputError {
        InputError(
            file: path, line: line,
            problem: "column \(column + 1) should be the rating, and \"\(example[column].prefix(40))\" is none",
            remedy: "There is no header: say which columns are which.", topic: .choice(choice))
    }

    /// Whether the first of four columns numbers the rows and the last one is a rating: few values, and small ones.
    private static func hasIndex(_ used: [Int], _ evidence: [ColumnEvidence]) -> Bool {
        let (index, item, rating) = (evidence[used[0]], evidence[used[2]], evidence[used[3]])
        guard index.areRowNumbers, index.count >= provingRows, rating.isNumeric, let range = rating.numbers else {
            return false
        }
        return range.upperBound <= 100 && rating.distinct.count < item.distinct.count
            && 2 * rating.distinct.count <= rating.count
    }

    /// The refusal of five columns or more.
    private static func tooMany(
        _ used: [Int], _ evidence: [ColumnEvidence], _ example: [String], _ path: String, _ line: Int
    ) -> InputError {
        if let refusal = matrixRefusal(evidence, path, line) { return refusal }
        let row = example.prefix(8).joined(separator: ", ")
        return InputError(
            file: path, line: line,
            problem: "there are \(evidence.count) columns and no header: \(row.prefix(120))",
            remedy: "Say which columns are user, item, rating and, where there is one, timestamp.",
            topic: .choice("user=1,item=2,rating=3,timestamp=4"))
    }

    /// The refusal of a table with a column for each item; nil where it is none.
    static func matrixRefusal(_ evidence: [ColumnEvidence], _ path: String, _ line: Int) -> InputError? {
        let used = evidence.filter { !$0.isEmpty }
        guard used.count >= matrixColumns, used.dropFirst().allSatisfy(\.isNumeric) else { return nil }
        return InputError(
            file: path, line: line,
            problem: "the \(evidence.count) columns look like a matrix of users and items, not like one rating per row",
            remedy: """
                Write one row per rating, without the cells that mean "not rated" (often 0, 99 or empty). With pandas: \
                m = pandas.read_csv(FILE, index_col=0); m.index.name = "user"; m.reset_index().melt("user", \
                var_name="item", value_name="rating").query("rating != 0").to_csv("ratings.csv", index=False)
                """)
    }
}

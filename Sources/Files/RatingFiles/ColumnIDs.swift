import FileOutput
import LinearAlgebra
import Ratings

/// The users and items of all pieces of a text as vocabularies.
struct ColumnIDs: Sendable {
    let users: Vocabulary
    let items: Vocabulary
    let encoding: String
    let notes: [ReadingNote]
    /// The index of each number of each piece: users of the first piece, items of the first piece, users of the second …
    private let indices: [[Int32]]

    /// - Throws: `InputError` where ids are in no encoding that is known.
    init(_ pieces: [RatingRows], threads: Int, path: String) throws(InputError) {
        let interners = pieces.flatMap { [$0.userIDs, $0.itemIDs] }
        let texts = Parallel.map(interners.count, threads: threads) { interners[$0].texts }
        let found = texts.map(\.encoding).max() ?? .utf8
        guard found != .unknown else {
            throw InputError(
                file: path, problem: "some ids are neither UTF-8 nor Windows-1252",
                remedy: "Name the encoding, such as SHIFT_JIS or GB18030.", topic: .encoding)
        }
        var notes: [ReadingNote] = []
        if found == .windows1252 {
            notes.append(ReadingNote("Some ids are not UTF-8 and were read as Windows-1252.", .encoding))
        }
        var sides = (0..<2).map { side in stride(from: side, to: texts.count, by: 2).map { texts[$0].ids } }
        for (side, name) in ["user", "item"].enumerated() where WholeNumberIDs.areWritten(in: sides[side]) {
            sides[side] = sides[side].map { $0.map(WholeNumberIDs.text) }
            notes.append(
                ReadingNote(
                    "The \(name) ids are whole numbers with a decimal point, such as 1.0, and are read as whole numbers."
                ))
        }
        let ids = sides
        let vocabularies = Parallel.map(2, threads: threads) { side in Vocabulary(ids[side].flatMap { $0 }) }
        indices = Parallel.map(texts.count, threads: threads) { place in
            ids[place % 2][place / 2].map { Int32(vocabularies[place % 2].index(of: $0) ?? -1) }
        }
        (users, items) = (vocabularies[0], vocabularies[1])
        encoding = found == .windows1252 ? "Windows-1252" : "UTF-8"
        self.notes = notes + [Self.note(on: users, "user"), Self.note(on: items, "item")].compactMap { $0 }
    }

    /// Replaces the numbers of a piece by indices of the vocabularies.
    func renumber(_ piece: inout RatingRows, _ place: Int, threads: Int) {
        Self.renumber(&piece.users, indices[2 * place], threads)
        Self.renumber(&piece.items, indices[2 * place + 1], threads)
    }

    private static func renumber(_ numbers: inout [Int32], _ indices: [Int32], _ threads: Int) {
        let cuts = (0...threads).map { numbers.count * $0 / threads }
        Parallel.update(&numbers, cuts, threads: threads, workspace: {}) { _, _, numbers in
            for place in numbers.indices { numbers[place] = indices[Int(numbers[place])] }
        }
    }

    private static func note(on vocabulary: Vocabulary, _ name: String) -> ReadingNote? {
        guard !vocabulary.isNumeric else { return nil }
        let ids = (0..<vocabulary.count).map { vocabulary[$0] }
        let isDigits = { (id: String) in !id.isEmpty && id.utf8.allSatisfy { (48...57).contains($0) } }
        if ids.allSatisfy(isDigits) {
            return ReadingNote(
                "Some \(name) ids have leading zeros or exceed 64 bits, so all \(name) ids are treated as text.")
        }
        return ids.contains(where: isDigits)
            ? ReadingNote("Some \(name) ids are numbers and some are text, so all \(name) ids are treated as text.")
            : nil
    }
}

/// Ids that a table of floating-point numbers has made of whole ones: `12.0`.
enum WholeNumberIDs {
    /// Whether all ids are so.
    static func areWritten(in pieces: [[String]]) -> Bool {
        pieces.contains { !$0.isEmpty } && pieces.allSatisfy { $0.allSatisfy(isWritten) }
    }

    /// `12.0` is 12.
    static func text(_ id: String) -> String { String(id[..<(id.firstIndex(of: ".") ?? id.endIndex)]) }

    private static func isWritten(_ id: String) -> Bool {
        guard id.utf8.contains(UInt8(ascii: ".")) else { return false }
        let parts = id.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && Vocabulary.integer(String(parts[0])) != nil && !parts[1].isEmpty
            && parts[1].utf8.allSatisfy { $0 == UInt8(ascii: "0") }
    }
}

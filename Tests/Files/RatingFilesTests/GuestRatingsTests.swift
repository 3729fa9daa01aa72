import FileOutput
import Foundation
import LinearAlgebra
import RatingFiles
import Ratings
import TestSupport
import Testing

/// Ratings of someone who is not in the source.
struct GuestRatingsTests {
    /// Items 10, 20, … 90 on a scale of half stars.
    let numbers = GuestRatingsTests.ratings((1...9).map { "\(10 * $0)" })
    /// Items with text IDs, some of which contain other delimiters.
    let names = GuestRatingsTests.ratings(["a=b", "the first", "x:y", "zoë"])

    /// One user with ratings 0.5, 1, 1.5, … in item order.
    private static func ratings(_ items: [String]) -> RatingMatrix {
        RatingMatrix(
            users: Vocabulary(["1"]), items: Vocabulary(items),
            byUser: SparseMatrix(
                columns: items.count, rowOffsets: [0, items.count], columnIndices: items.indices.map(Int32.init),
                values: items.indices.map { 0.5 * Float($0 + 1) }))
    }

    private func read(_ bytes: some Sequence<UInt8>, _ ratings: RatingMatrix) throws -> UserRatings {
        let scratch = try Scratch()
        return try GuestRatings.read(scratch.write("mine.csv", bytes), ratings: ratings)
    }

    /// Pairs and files in any order give ratings by ascending index.
    @Test(arguments: [
        "90,0.5\n10,4.5\n50,3\n", "90;0.5\n10;4.5\n50;3\n", "90\t0.5\n10\t4.5\n50\t3", "90::0.5\n10::4.5\n50::3\n",
        "item,rating\n90,0.5\n10,4.5\n50,3\n", "movieId::stars\n90::0.5\n10::4.5\n50::3\n",
        "\u{FEFF}item;rating\r\n90;.5\r\n10;4.5\r\n50;3.\r\n", "\u{FEFF}90,0.5\n10,4.5\n50,3\n",
        "\n\n  90 , 0.5\n\n10,+4.5\n \t\n50, 3e0 \n\n",
    ])
    func `delimiters and headers are recognized`(_ text: String) throws {
        let expected = UserRatings([(item: 0, rating: 4.5), (item: 4, rating: 3), (item: 8, rating: 0.5)])
        #expect(try read(text.utf8, numbers) == expected)
        #expect(try GuestRatings.parse("90=0.5,10=4.5,50=3", shownAs: "the pairs", ratings: numbers) == expected)
    }

    @Test func `item IDs may contain other delimiters`() throws {
        let expected = UserRatings([(item: 0, rating: 1), (item: 1, rating: 2), (item: 2, rating: 1.5)])
        #expect(try read("a=b,1\nthe first,2\nx:y,1.5\n".utf8, names) == expected)
        #expect(try GuestRatings.parse("x:y=1.5,a=b=1,the first=2", shownAs: "the pairs", ratings: names) == expected)
        #expect(try GuestRatings.parse("zoë=2", shownAs: "the pairs", ratings: names).items == [3])
    }

    @Test func `guest ratings round-trip`() throws {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<50 {
            let chosen = (0..<9).shuffled(using: &generator).prefix(1 + generator.next(below: 9))
            let rows = chosen.map { (item: $0, rating: 0.5 + Float(4 * generator.uniform())) }
            let pairs = rows.map { "\(numbers.items[$0.item])=\($0.rating)" }
            #expect(
                try GuestRatings.parse(pairs.joined(separator: ","), shownAs: "the pairs", ratings: numbers)
                    == UserRatings(rows))
            let lines = pairs.map { $0.replacing("=", with: ";") + "\r\n" }.joined()
            #expect(try read(lines.utf8, numbers) == UserRatings(rows))
        }
    }

    /// Position, observed value and remedy of every malformed pair, and of the same in a file.
    @Test(arguments: [
        ("10=3,44=2", "there is no item \"44\"", "40, 50, 30, 60, 20"), ("10=3,=2", "there is no item \"\"", "10, 20"),
        ("10=3,20=five", "rating \"five\" of item 20 is not a number", "4 or 3.5"),
        ("10=3,20=nan", "rating \"nan\" of item 20 is not a number", "4 or 3.5"),
        ("10=3,20=1e99", "rating \"1e99\" of item 20 is not a number", "4 or 3.5"),
        ("10=3,20=0x4", "rating \"0x4\" of item 20 is not a number", "4 or 3.5"),
        ("10=3,20=5", "rating 5 of item 20 is off the scale", "from 0.5 to 4.5"),
        ("10=3,20=0", "rating 0 of item 20 is off the scale", "from 0.5 to 4.5"),
        ("10=3,10=4", "item 10 is rated twice", "Remove one"), ("10=3,20", "\"20\" is not item=rating", "such as"),
        ("10=3,", "\"\" is not item=rating", "such as"),
    ])
    func `malformed pair is reported with its position`(_ pairs: String, _ problem: String, _ remedy: String) throws {
        let parsed = try #require(throws: InputError.self) {
            try GuestRatings.parse(pairs, shownAs: "the pairs", ratings: numbers)
        }
        #expect(parsed.file == "the pairs" && parsed.column == 2, "\(parsed)")
        #expect(parsed.problem.contains(problem) && parsed.remedy.contains(remedy), "\(parsed)")

        let lines = "item=rating\n\n\(pairs)".replacing(",", with: "\n").replacing("=", with: ",")
        // An empty last line is not a row, and a pair without "=" is a row of one field.
        guard !pairs.hasSuffix(",") else { return }
        let inFile = try #require(throws: InputError.self) { try read(lines.utf8, numbers) }
        #expect(inFile.file.hasSuffix("/mine.csv") && inFile.line == 4, "\(inFile)")
        let isShort = pairs.hasSuffix("20")
        #expect(inFile.problem.contains(isShort ? "the row has 1 fields, not 2" : problem), "\(inFile)")
    }

    @Test func `empty field counts as a field`() throws {
        let error = try #require(throws: InputError.self) { try read("10,,3\n".utf8, numbers) }
        #expect(error.problem == "the row has 3 fields, not 2" && error.line == 1)
    }

    @Test(arguments: ["\n \n", "item,rating\n", "\u{FEFF}"])
    func `file without ratings is rejected`(_ text: String) throws {
        let error = try #require(throws: InputError.self) { try read(text.utf8, numbers) }
        #expect(error.problem == "there are no ratings" && error.remedy.contains("at least one item"))
    }

    /// A first line with a known item is a malformed row, not a header.
    @Test func `typo in the first line is not taken for a header`() throws {
        let error = try #require(throws: InputError.self) { try read("10,fvie\n20,4\n".utf8, numbers) }
        #expect(error.line == 1 && error.problem.contains("\"fvie\""))
        let second = try #require(throws: InputError.self) { try read("item,rating\nitem,rating\n".utf8, numbers) }
        #expect(second.line == 2)
    }

    @Test func `missing files, folders and binary data are rejected`() throws {
        let scratch = try Scratch()
        let missing = try #require(throws: InputError.self) {
            try GuestRatings.read(scratch.path("none.csv"), ratings: numbers)
        }
        #expect(missing.file == scratch.path("none.csv") && missing.problem.contains("no such file"))
        let folder = try #require(throws: InputError.self) {
            try GuestRatings.read(scratch.url.path, ratings: numbers)
        }
        #expect(folder.problem.contains("cannot be read"))
        // Text that is not UTF-8 is Latin-1, as in ratings files.
        let latin = try read(Array("the first,2\nzo".utf8) + [0xEB] + Array(",1\n".utf8), names)
        #expect(latin.values == [2, 1])
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<60 {
            let bytes = (0..<generator.next(below: 60)).map { _ in UInt8(generator.next(below: 256)) }
            #expect(throws: InputError.self) { try read(bytes, numbers) }
        }
    }
}

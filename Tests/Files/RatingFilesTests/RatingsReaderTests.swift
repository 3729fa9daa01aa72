import FileOutput
import Foundation
import LinearAlgebra
import RatingFiles
import Ratings
import TestSupport
import Testing

struct RatingsReaderTests {
    /// The ratings of a file as "user item rating", in matrix order.
    private func lines(_ result: RatingsReader.Result) -> [String] {
        (0..<result.ratings.users.count).flatMap { user in
            result.ratings.ratings(ofUser: user).map { item, rating in
                "\(result.ratings.users[user]) \(result.ratings.items[Int(item)]) \(rating)"
            }
        }
    }

    private func read(
        _ text: String, _ name: String = "r.csv", configure: (inout RatingsReader) -> Void = { _ in }
    ) throws -> RatingsReader.Result {
        let scratch = try Scratch()
        var reader = RatingsReader()
        configure(&reader)
        return try reader.read(scratch.write(name, text))
    }

    /// The same two ratings in every layout.
    @Test(arguments: [
        "1\t20\t4\t100\n2\t10\t3.5\t200\n",
        "1::20::4::100\n2::10::3.5::200\n",
        "userId,movieId,rating,timestamp\n1,20,4.0,100\n2,10,3.5,200\n",
        "\u{FEFF}userId,movieId,rating,timestamp\r\n1,20,4.0,100\r\n2,10,3.5,200\r\n",
        "movie_id;user_id;stars\n20;1;4\n10;2;3.5",
        "\"user\",\"item\",\"rating\"\n\"1\",\"20\",\"4\"\n\"2\",\"10\",\"3.5\"\n",
        "1|20|4\n2|10|3.5\n",
        "1 20 4\n2 10 3.5\n",
        "\n\n1,20,4e0\n\n2,10,+3.50\n\n",
        "rating,timestamp,item,user\n4,1,20,1\n3.5,1,10,2\n",
    ])
    func `layouts are detected`(_ text: String) throws {
        let result = try read(text)
        #expect(lines(result) == ["1 20 4.0", "2 10 3.5"])
        #expect(result.notes.isEmpty)
    }

    @Test(arguments: [
        ("who,what,how\n1,20,4\n2,10,3.5\n", "who,what,how"),
        ("x,what,how,who\n0,20,4,1\n0,10,3.5,2\n", "4,2,3"),
        ("20,1,0,4\n10,2,0,3.5\n", "item,user,-,rating"),
    ])
    func `columns are chosen by name or position`(_ text: String, _ columns: String) throws {
        let result = try read(text) { $0.columns = columns.split(separator: ",").map(String.init) }
        #expect(lines(result) == ["1 20 4.0", "2 10 3.5"])
    }

    @Test(arguments: [("\"\"", "\""), ("a\"\"\"\"b", "a\"\"b"), ("\"\"\"\"\"\"", "\"\"\""), ("a\"\"b\"\"", "a\"b\"")])
    func `each doubled quote in a quoted id is one`(_ text: String, _ id: String) throws {
        #expect(lines(try read("user,item,rating\nx,\"\(text)\",3\n")) == ["x \(id) 3.0"])
    }

    @Test func `unknown header is read by position, with a note`() throws {
        let result = try read("a,b,c\n1,20,4\n2,10,3.5\n")
        #expect(lines(result) == ["1 20 4.0", "2 10 3.5"])
        #expect(result.notes.count == 1 && result.notes[0].text.hasPrefix("Columns taken by position"))
    }

    @Test func `text IDs are kept as written`() throws {
        let result = try read(
            "user,item,rating\n\"Smith, \"\"Al\"\"\",007,1\nzoë,a b,2\nSmith,7,3\n")
        #expect(lines(result) == ["Smith 7 3.0", "Smith, \"Al\" 007 1.0", "zoë a b 2.0"])
    }

    @Test func `mixed and huge IDs become text, with a note`() throws {
        let mixed = try read("user,item,rating\n1,10,1\nann,20,2\n")
        #expect(mixed.notes.contains { $0.text.contains("user ids") && $0.text.contains("some are text") })
        let huge = try read("1,99999999999999999999,1\n2,5,2\n")
        #expect(huge.notes.contains { $0.text.contains("item ids") && $0.text.contains("64 bits") })
        #expect(lines(huge) == ["1 99999999999999999999 1.0", "2 5 2.0"])
    }

    @Test func `text that is not UTF-8 is read as Windows-1252, with a note`() throws {
        let scratch = try Scratch()
        let path = try scratch.write(
            "r.csv", Array("user,item,rating\n\u{22}zo".utf8) + [0xEB, 0x94] + Array("\u{22},1,2\n".utf8))
        let result = try RatingsReader().read(path)
        #expect(lines(result) == ["zoë” 1 2.0"])
        #expect(result.reading.encoding == "Windows-1252" && result.notes[0].topic == .encoding)
        let unknown = try scratch.write("u.csv", Array("user,item,rating\nz".utf8) + [0x81] + Array(",1,2\n".utf8))
        #expect(throws: InputError.self) { try RatingsReader().read(unknown) }
    }

    @Test func `numbers parse as in the standard library`() throws {
        var generator = SeededGenerator(seed: 5)
        let numbers = (0..<2000).map { _ -> String in
            let digits = String(generator.next() % 1_000_000_000)
            let exponent = generator.next(below: 4) == 0 ? "e\(generator.next(below: 13) - 10)" : ""
            return "\(generator.next(below: 3) == 0 ? "-" : "")\(digits).\(generator.next(below: 100_000))\(exponent)"
        }
        let result = try read(numbers.enumerated().map { "1,\($0.offset),\($0.element)\n" }.joined())
        #expect(result.ratings.byUser.values == numbers.compactMap { Double($0).map(Float.init) })
    }

    @Test func `result does not depend on the number of threads`() throws {
        let text = (0..<60_000).map { "\($0 % 977),\($0 % 1009),\($0 % 10)\n" }.joined()
        let one = try read(text) { $0.threads = 1 }
        let five = try read(text) { $0.threads = 5 }
        #expect(one.ratings.count == 60_000)
        #expect(one.ratings.byUser.columnIndices == five.ratings.byUser.columnIndices)
        #expect(one.ratings.byUser.values == five.ratings.byUser.values)
    }

    /// The fast path parses most lines in one pass, the slow path splits the others into fields. A fifth column sends
    /// every line down the slow path, so that each path is the oracle of the other.
    @Test(arguments: 1...16 as ClosedRange<UInt64>)
    func `fast and slow paths parse lines identically`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let separator = [",", "\t", "::", ";"][generator.next(below: 4)]
        let columns = [
            ["user", "item", "rating", "timestamp"], ["rating", "timestamp", "item", "user"],
            ["item", "user", "-", "rating"], ["item", "user", "rating", "timestamp"], ["user", "item", "rating"],
        ][Int(seed % 5)]
        var lines = (0..<9000).map { _ in Self.line(columns, separator, &generator) }
        // Every other line starts like the one before, as in sorted files.
        for line in stride(from: 1, to: lines.count, by: 2) where !lines[line].isEmpty {
            let rest = lines[line].components(separatedBy: separator).dropFirst()
            lines[line] = (lines[line - 1].components(separatedBy: separator).prefix(1) + rest)
                .joined(separator: separator)
        }
        func read(suffix: String) throws -> RatingsReader.Result {
            let ends = ["\n", "\r\n", "\n\n"]
            let text = lines.enumerated().map { $1.isEmpty ? "\n" : $1 + suffix + ends[$0 % 7 % 3] }.joined()
            return try self.read(text) {
                $0.columns = columns + (suffix.isEmpty ? [] : ["-"])
                $0.onBadRow = .skip
                $0.threads = 1 + Int(seed % 3)
            }
        }
        let plain = try read(suffix: "")
        let split = try read(suffix: separator + "x")
        #expect(self.lines(plain) == self.lines(split) && plain.ratings.count > 5000)
        #expect(plain.ratings.timestamps == split.ratings.timestamps)
        #expect(plain.duplicateCount == split.duplicateCount)
        #expect(plain.rejected.map(\.line) == split.rejected.map(\.line) && !plain.rejected.isEmpty)
    }

    /// A line of mostly plain numbers, some odd, some malformed.
    private static func line(
        _ columns: [String], _ separator: String, _ generator: inout SeededGenerator
    ) -> String {
        let oddIDs = [
            "007", "0", "-5", "+7", "ann", "\"12\"", "123456789012345", "1234567890123456", "99999999", "", " 1",
        ]
        let oddNumbers = [
            "0.5", ".5", "5.", "4e0", "+3", "-2", "4.25", "007", "00000000000004.5", "123456789.987654321", "six", "",
            "1..2",
            "0x1", "nan", "\"4\"", "4.5.", "3 ",
        ]
        let fields = columns.map { column -> String in
            let isOdd = generator.next(below: 40) == 0
            switch column {
            case "user", "item", "-":
                return isOdd ? oddIDs[generator.next(below: oddIDs.count)] : "\(generator.next(below: 300) + 1)"
            case "rating":
                return isOdd
                    ? oddNumbers[generator.next(below: oddNumbers.count)]
                    : "\(Float(1 + generator.next(below: 10)) / 2)"
            default:
                return isOdd
                    ? oddNumbers[generator.next(below: oddNumbers.count)] : "\(generator.next() % 2_000_000_000)"
            }
        }
        return generator.next(below: 200) == 0 ? "" : fields.joined(separator: separator)
    }

    @Test func `named pipe is read`() throws {
        let scratch = try Scratch()
        let path = scratch.path("pipe")
        #expect(unsafe mkfifo(path, 0o600) == 0)
        let text = (0..<30_000).map { "\($0 % 97),\($0),3\n" }.joined()
        let writer = Thread { try? Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
        writer.start()
        #expect(try RatingsReader().read(path).ratings.count == 30_000)
    }

    @Test func `file truncated while reading is reported`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("r.csv", (0..<1_500_000).map { "\($0),1,3\n" }.joined())
        let error = #expect(throws: InputError.self) {
            try RatingsReader().read(path) { _ in _ = unsafe truncate(path, 1_000_000) }
        }
        #expect(error?.problem == "the file was truncated while reading")
    }

    @Test func `skipped rows keep their line, text and reason`() throws {
        let rows = (1...30_000).map { $0 % 7_001 == 0 ? "\($0),7,six\n" : "\($0),7,3\n" }.joined()
        let result = try read("user,item,rating\n" + rows) {
            $0.onBadRow = .skip
            $0.threads = 3
        }
        #expect(result.rejected.map(\.line) == [7002, 14_003, 21_004, 28_005])
        #expect(result.rejected[0].text == "7001,7,six")
        #expect(result.rejected[0].reason.contains("\"six\" is not a number"))
        #expect(result.ratings.count == 29_996)
    }

    @Test func `progress stays between 0 and 1`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("r.csv", (0..<200_000).map { "\($0),1,3\n" }.joined())
        let shares = Shares()
        _ = try RatingsReader().read(path) { share in shares.add(share) }
        #expect(shares.all.count >= 1 && shares.all.allSatisfy { 0 < $0 && $0 <= 1 })
    }
}

private final class Shares: @unchecked Sendable {
    private let lock = NSLock()
    private var shares: [Double] = []

    func add(_ share: Double) { lock.withLock { shares.append(share) } }
    var all: [Double] { lock.withLock { shares } }
}

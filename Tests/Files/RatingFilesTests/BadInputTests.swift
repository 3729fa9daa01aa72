import FileOutput
import Foundation
import RatingFiles
import Ratings
import TestSupport
import Testing

struct BadInputTests {
    private func error(
        _ bytes: some Sequence<UInt8>, name: String = "r.csv", columns: [String] = []
    ) throws -> InputError {
        let scratch = try Scratch()
        var reader = RatingsReader()
        reader.threads = 2
        reader.columns = columns
        let path = try scratch.write(name, bytes)
        return try #require(throws: InputError.self) { try reader.read(path) }
    }

    /// Position, observed value and remedy of every kind of malformed row.
    @Test(arguments: [
        ("1,2,3\n1,3,six\n", 2, 3, "rating \"six\" is not a number"),
        ("1,2,3\n1,3\n", 2, nil, "2 fields, not 3"),
        ("1,2,3\n1,3,4,5\n", 2, nil, "4 fields, not 3"),
        ("1,2,3\n1,3,nan\n", 2, 3, "rating \"nan\" is not a finite number"),
        ("1,2,3\n1,3,-inf\n", 2, 3, "rating \"-inf\" is not a finite number"),
        ("1,2,3\n1,3,1e99\n", 2, 3, "rating 1e99 is not in the range -1,000,000,000,000 to 1,000,000,000,000"),
        ("1,2,3\n1,3,2000000000000\n", 2, 3, "rating 2000000000000 is not in the range"),
        ("1,2,3\n1,3,-1e30\n", 2, 3, "rating -1e30 is not in the range"),
        ("1,2,3\n1,3,0x10\n", 2, 3, "rating \"0x10\" is not a number"),
        ("1,2,3\n,3,4\n", 2, 1, "the id is empty"),
        ("1,2,3,4\n1,3,4,noon\n", 2, 4, "timestamp \"noon\" is neither a number nor a date"),
        ("1,2,3\n1,\"3,4\n", 2, nil, "a quote is not closed"),
        ("user,item,rating\n1,2,3\n\n1,3,\n", 4, 3, "rating \"\" is not a number"),
        ("1,2,3\n1,3,4\n5,6", 3, nil, "the file ends inside this line"),
        ("1,2,six\n1,2,3\n", 1, 3, "rating \"six\" is not a number"),
    ])
    func `error locates the malformed row`(_ text: String, _ line: Int, _ column: Int?, _ problem: String) throws {
        let error = try error(text.utf8)
        #expect(error.line == line && error.column == column)
        #expect(error.problem.contains(problem), "\(error)")
        #expect(error.remedy.contains("skip malformed rows"))
        #expect("\(error)".contains("r.csv:\(line): "))
    }

    @Test(arguments: [
        ("", "the file is empty"),
        ("\n\r\n\n", "no lines of text"),
        ("userId,movieId,rating,timestamp\n", "a header but no ratings"),
        ("hello\n", "is not two or more fields"),
    ])
    func `file without ratings is reported`(_ text: String, _ problem: String) throws {
        #expect(try error(text.utf8).problem.contains(problem))
    }

    @Test func `what is no text is rejected by name`() throws {
        #expect(try error((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 197) }).problem.contains("NUL at byte"))
        #expect(try error([0x1F, 0x8B, 8, 0]).problem.contains("the archive is damaged"))
        #expect(try error([0xFF, 0xFE, 0x31]).problem.contains("ends inside the UTF-16 character"))
        #expect(try error(Array("PAR1".utf8) + [0, 0]).problem == "the file is Parquet")
        #expect(try error(Array("<html>\n".utf8)).problem.contains("HTML"))
        #expect(try error(Array("[{\"user\": 1}]\n".utf8)).remedy.contains("jq -c '.[]'"))
        #expect(try error(Array("1,2,3\n".utf8) + Array(repeating: 0x41, count: 70_000) + [0, 10]).line == 2)
    }

    @Test func `ten-megabyte lines are rejected`() throws {
        let long = String(repeating: "9", count: 10 << 20)
        #expect(try error(long.utf8).problem.contains("10485760 bytes"))
        let second = try error("1,2,3\n\(long)\n".utf8)
        #expect(second.line == 2 && second.problem.contains("10485760 bytes"))
    }

    @Test func `first malformed row is reported, whichever thread finds one first`() throws {
        let rows = (1...50_000).map { $0 == 3_000 || $0 > 40_000 ? "\($0),7,bad\n" : "\($0),7,3\n" }.joined()
        #expect(try error(rows.utf8).line == 3_000)
    }

    @Test func `unknown columns are reported`() throws {
        let missing = try error("a,b,c\n1,2,3\n".utf8, columns: ["a", "b", "d"])
        #expect(missing.problem.contains("\"d\"") && missing.remedy.contains("a, b, c"))
        #expect(try error("1,2,3\n".utf8, columns: ["1", "2", "9"]).problem.contains("column 9"))
        #expect(try error("1,2,3\n".utf8, columns: ["user", "rating"]).remedy.contains("two to four"))
        #expect(try error("1,2,3\n".utf8, columns: ["user=1", "item=1"]).problem.contains("and something else too"))
        #expect(
            try error("user,item,rating\n1,2,3\n".utf8, columns: ["item", "user", "rating"]).topic
                == .choice("user=2,item=1,rating=3"))
        #expect(try error("1,2,3\n".utf8, columns: ["0", "2", "3"]).problem.contains("column 0"))
    }

    @Test func `missing file and folder without ratings are rejected`() throws {
        let scratch = try Scratch()
        #expect(throws: InputError.self) { try RatingsSource(scratch.path("missing")) }
        let error = #expect(throws: InputError.self) { try RatingsSource(scratch.url.path) }
        #expect(error?.remedy.contains("u.data, ratings.dat or ratings.csv") == true)
    }

    @Test func `file with only malformed rows is rejected`() throws {
        let scratch = try Scratch()
        var reader = RatingsReader()
        reader.onBadRow = .skip
        let path = try scratch.write("r.csv", "1,2,x\n1,3,y\n")
        let error = #expect(throws: InputError.self) { try reader.read(path) }
        #expect(error?.problem == "none of 2 rows is a valid rating")
    }
}

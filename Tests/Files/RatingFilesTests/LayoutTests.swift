import FileOutput
import Foundation
import LinearAlgebra
import RatingFiles
import Ratings
import TestSupport
import Testing

/// What layouts are detected, on texts as small as they can be. The cases show the same on files as people have them.
struct LayoutTests {
    /// The ratings of a text as "user item rating time", in matrix order.
    private func read(_ text: String, columns: String? = nil, threads: Int = 1) throws -> [String] {
        var reader = RatingsReader()
        reader.columns = columns.map { $0.split(separator: ",").map(String.init) } ?? []
        reader.threads = threads
        let scratch = try Scratch()
        let ratings = try reader.read(scratch.write("r.txt", text)).ratings
        return (0..<ratings.users.count).flatMap { user in
            ratings.byUser.entries(ofRow: user).map { entry in
                let time = ratings.timestamps.map { " \($0[entry])" } ?? ""
                let item = ratings.items[Int(ratings.byUser.columnIndices[entry])]
                return "\(ratings.users[user]) \(item) \(ratings.byUser.values[entry])\(time)"
            }
        }
    }

    /// The same two ratings.
    @Test(arguments: [
        "rating,track_id,user_id\n4,20,1\n3.5,10,2\n",
        "item_id:token\tuser_id:token\trating:float\n20\t1\t4\n10\t2\t3.5\n",
        "Benutzer;Artikel;Bewertung\n1;20;4,0\n2;10;3,5\n",
        "sep=;\nuser;item;rating\n1;20;4\n2;10;3,5\n",
        "# made by hand\n\n1,20,4\n# one more\n2,10,3.5\n",
        "# item, user, rating\n20,1,4\n10,2,3.5\n",
        "  1  20   4\n2\t10 3.5  \n",
        "1, 20, 4\n \"2\" , 10, 3.5\n",
        "\"user\" \"item\" \"rating\"\n\"1\" 1 20 4\n\"2\" 2 10 3.5\n",
        "%%MatrixMarket matrix coordinate real general\n% a comment\n2 20 2\n1 20 4\n2 10 3.5\n",
        "{\"user\": 1, \"item\": \"20\", \"stars\": 4}\n{\"stars\": \"3.5\", \"item\": 10, \"user\": \"2\"}\n",
        ",user,item,rating\n0,1,20,4\n1,2,10,3.5\n",
        "user,item,note,text\n1,20,4,\"two\nlines, \"\"quoted\"\"\"\n2,10,3.5,\n",
        "1.0,20.0,4\n2.0,10.0,3.5\n",
    ])
    func `layouts are read right`(_ text: String) throws {
        #expect(try read(text) == ["1 20 4.0", "2 10 3.5"])
        #expect(try read(text, threads: 3) == ["1 20 4.0", "2 10 3.5"])
    }

    @Test(arguments: [
        ("user,item,when\n1,20,2005-04-02 23:53:47\n2,10,2005-04-03\n", nil),
        ("1\t20\t1112486027\n2\t10\t1112486400\n", "user,item,timestamp"),
        ("time,who,what\n1112486027000,1,20\n1112486400,2,10\n", "user=who,item=what,timestamp=time"),
        ("x,1,y,20,1112486027\nx,2,y,10,1112486400\n", "user=2,item=4,timestamp=5"),
    ])
    func `without a rating each row counts 1`(_ text: String, _ columns: String?) throws {
        #expect(try read(text, columns: columns) == ["1 20 1.0 1112486027", "2 10 1.0 1112486400"])
    }

    @Test func `headings of the Netflix Prize are items`() throws {
        #expect(
            try read("20:\n1,4,2005-04-02\n\n10:\n2,3,2005-04-03\n", threads: 3)
                == ["1 20 4.0 1112400000", "2 10 3.0 1112486400"])
    }

    /// Each is refused with a choice of columns that fits, which is then read.
    @Test(arguments: [
        (",user,rating,comment,ID,name\n0,1,4,x,20,X\n1,2,3.5,y,10,Y\n", "user=user,item=ID,rating=rating"),
        ("user,item,taste,smell\n1,20,4,1\n2,10,3.5,2\n", "user=user,item=item,rating=taste"),
        (
            (0..<6).map { "\($0 % 2 + 1),\($0 % 2 == 0 ? "20,Band A,4" : "10,Band B,3.5")\n" }.joined(),
            "user=1,item=2,rating=4"
        ),
    ])
    func `what is ambiguous is refused, with what to type`(_ text: String, _ choice: String) throws {
        let error = try #require(throws: InputError.self) { try read(text) }
        #expect(error.topic == .choice(choice), "\(error)")
        #expect(try read(text, columns: choice) == ["1 20 4.0", "2 10 3.5"])
    }

    @Test func `quoted fields over lines are the same on any number of threads`() throws {
        let row = { (number: Int) in "\(number % 499),\"item\n\(number % 97)\",\(number % 5 + 1),\"a\n\"\"b\"\"\"\n" }
        let text = "user,item,rating,text\n" + (0..<20_000).map(row).joined()
        let one = try read(text)
        #expect(try read(text, threads: 4) == one)
        #expect(one[0].hasPrefix("0 item\n0 "))
    }

    /// Blocks of a pipe end anywhere, also within quotes.
    @Test func `a pipe gives what the file gives`() throws {
        let row = { (number: Int) in
            "\(number % 4999),\(number % 9 == 0 ? "\"it,em\n\n\(number % 97)\"" : "\(number % 97)"),\(number % 5 + 1)\r\n"
        }
        let text = "user,item,rating\n" + (0..<300_000).map(row).joined()
        let scratch = try Scratch()
        let pipe = scratch.path("pipe")
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        Thread { try? Data(text.utf8).write(to: URL(fileURLWithPath: pipe)) }.start()
        let piped = try RatingsReader().read(pipe)
        let whole = try RatingsReader().read(scratch.write("r.csv", text))
        #expect(piped.ratings.byUser.columnIndices == whole.ratings.byUser.columnIndices)
        #expect(piped.ratings.byUser.values == whole.ratings.byUser.values && whole.ratings.count > 250_000)
        #expect(piped.ratings.items == whole.ratings.items && piped.reading == whole.reading)
    }

    @Test func `a quote in text between tabs is a character like any other`() throws {
        #expect(try read("1\t\"Weird\" Al\t4\n2\tThe 7\" mix\t3\n") == ["1 \"Weird\" Al 4.0", "2 The 7\" mix 3.0"])
    }

    @Test func `suspicions are said`() throws {
        let scratch = try Scratch()
        func notes(_ text: String) throws -> [ReadingNote] {
            try RatingsReader().read(scratch.write("r.csv", text)).notes
        }
        let marks = try notes("a;1;0\na;2;0\na;3;8\nb;3;10\nb;4;5\n")
        #expect(marks.contains { $0.topic == .scale(1...10) && $0.text.hasPrefix("2 of 5 ratings are 0") })
        let rows = (0..<50).map { "\($0),\($0 % 7),\($0 % 5 + 1)\n" }.joined()
        #expect(try notes(rows).contains { $0.text.contains("row numbers") })
        let amounts = (0..<2000).map { "\($0 % 90),\($0 % 70),\($0)\n" }.joined()
        #expect(try notes(amounts).contains { $0.text.contains("1,000 distinct values") })
        #expect(try notes("1,2,3\n1,3,4\n2,2,5\n").isEmpty)
    }

    @Test func `a scale leaves out and counts what is off it`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("r.csv", (0..<4000).map { "\($0 / 40),\($0 % 40),\($0 % 11)\n" }.joined())
        var reader = RatingsReader()
        reader.scale = 1...10
        let some = try reader.read(path)
        #expect(some.ratings.count == 3636 && some.reading.outOfScale == 364 && some.rejected.isEmpty)
        reader.onBadRow = .skip
        let listed = try reader.read(path).rejected
        #expect(listed.count == 364 && listed[1].line == 12)
        #expect(listed[1].reason == "rating 0 is not on the scale from 1.0 to 10.0" && listed[1].text == "0,11,0")
    }
}

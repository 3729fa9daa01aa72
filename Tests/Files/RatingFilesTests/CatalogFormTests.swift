import FileOutput
import RatingFiles
import Ratings
import TestSupport
import Testing

/// Catalogs as people have them.
struct CatalogFormTests {
    let items = Vocabulary(["1", "2", "3"])
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func source(_ catalog: some Sequence<UInt8>, _ name: String = "catalog.csv") throws -> RatingsSource {
        let ratings = try scratch.write("r.csv", "user,item,rating\nu,1,3\nu,2,3\nu,3,3\n")
        return try RatingsSource(ratings, items: scratch.write(name, Array(catalog)))
    }

    @Test(arguments: [
        ("semicolons and German names, the id last", "Titel;Genre;Nummer-ID\nA, b;X, Y;1\nB;X;2\nC;;3\n"),
        ("tabs", "id\tname\tgenre\n1\tA, b\tX|Y\n2\tB\tX\n3\tC\t\n"),
        ("an index of pandas", ",movieId,title,genres\n0,3,C,\n1,2,B,X\n2,1,\"A, b\",X|Y\n"),
        ("an index without a header", "0,1,\"A, b\",X|Y\n1,2,B,X\n2,3,C,\n"),
        (
            "row names of R",
            "\"id\",\"title\",\"genres\"\n\"11\",\"1\",\"A, b\",\"X|Y\"\n\"12\",\"2\",\"B\",\"X\"\n\"13\",\"3\",\"C\",\"\"\n"
        ),
        ("a first line for Excel", "sep=;\r\nid;title;genres\r\n1;A, b;X|Y\r\n2;B;X\r\n3;C;\r\n"),
        ("comments", "# by hand\n\nid,title,genres\n# page 2\n1,\"A, b\",X|Y\n2,B,X\n3,C,\n"),
        ("lines that end in CR", "id,title,genres\r1,\"A, b\",X|Y\r2,B,X\r3,C,\r"),
        ("a mark and decimal points", "\u{FEFF}id,title,genres\n1.0,\"A, b\",X|Y\n2.0,B,X\n3.0,C,\n"),
        ("RecBole", "item_id:token\ttitle:token_seq\tgenre:token_seq\n1\tA, b\tX|Y\n2\tB\tX\n3\tC\t\n"),
        (
            "JSON lines",
            #"{"id":1,"title":"A, b","genres":"X, Y"}"# + "\n" + #"{"id":"2","title":"B","genres":"X"}"# + "\n"
                + #"{"title":"C","id":3,"genres":null}"# + "\n"
        ),
    ])
    func `items keep their own titles and genres`(_ form: String, _ text: String) throws {
        let source = try source(text.utf8)
        let catalog = try source.itemCatalog(for: items)
        #expect(catalog.titles == ["A, b", "B", "C"])
        #expect(catalog.genreNames == ["X", "Y"])
        #expect(catalog.genres == [[0, 1], [0], []])
        #expect(try source.items(besides: items).count == 0)
    }

    @Test func `UTF-16 and Windows-1252 are read`() throws {
        let text = "\u{FEFF}id\ttitle\r\n1\tÉtude\r\n2\tB\r\n3\tC\r\n"
        let wide = try source(text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, "wide.txt")
        #expect(try wide.itemCatalog(for: items).titles == ["Étude", "B", "C"])
        #expect(try wide.items(besides: items).count == 0)
        let narrow = try source(Array("id;titel\n1;".utf8) + [0x93, 0xC9, 0x94] + Array("\n2;B\n".utf8))
        #expect(try narrow.itemCatalog(for: items).titles == ["“É”", "B", nil])
    }

    /// A row with a field too many once moved all names by a column, and titles became ids.
    @Test func `a title with delimiters of its own moves no column`() throws {
        let source = try source(
            "id,title\n1,Sister, Sister\n2,\"bad\" quote, here\n3,The 7\" single\n9,10,000 BC\n".utf8)
        #expect(
            try source.itemCatalog(for: items).titles == ["Sister, Sister", "\"bad\" quote, here", "The 7\" single"])
        let unrated = try source.items(besides: items)
        #expect(unrated.count == 1 && unrated[0] == "9")
    }

    @Test func `a catalog of something else is refused`() throws {
        let source = try source("id,title\nx1,A\nx2,B\n".utf8)
        let error = #expect(throws: InputError.self) { try source.itemCatalog(for: items) }
        #expect(error?.problem == "no id is among those of the ratings: x1, x2 in id, 1, 2, 3 in the ratings")
        #expect(throws: InputError.self) { try source.items(besides: items) }
        for text in ["id\n1\n", "[{\"id\": 1}]\n", "<html>\n"] {
            #expect(throws: InputError.self) { try self.source(text.utf8).itemCatalog(for: items) }
        }
    }

    @Test func `a catalog of other users is refused, and nobody is named`() throws {
        let ratings = try scratch.write("r.csv", "user,item,rating\nu1,1,3\nu2,2,3\n")
        let users = try scratch.write("people.csv", "id,age\nmarked-1,24\nmarked-2,30\n")
        let source = try RatingsSource(ratings, users: users)
        let error = #expect(throws: InputError.self) { try source.userCatalog(for: Vocabulary(["u1", "u2"])) }
        #expect(error?.problem == "none of the 2 ids in id is among the 2 users of the ratings")
    }

    @Test func `a first row with an id of the ratings is no header`() throws {
        let source = try source("1,A,unknown\n2,B,1995\n3,C,1996\n".utf8)
        #expect(try source.itemCatalog(for: items).titles == ["A", "B", "C"])
        let words = try self.source("x,A,unknown\ny,B,1995\n".utf8)
        #expect(try words.itemCatalog(for: Vocabulary(["x", "y"])).titles == ["A", "B"])
    }

    @Test func `users have the attributes with few values`() throws {
        let ratings = try scratch.write("r.csv", "user,item,rating\na,1,3\nb,1,3\n")
        let users = try scratch.write(
            "people.csv", ",Geschlecht,Land,Benutzer,age\n0,w,DE,b,31\n1,m,FR,a,17\n2,w,,z,50\n")
        let catalog = try RatingsSource(ratings, users: users).userCatalog(for: Vocabulary(["a", "b"]))
        #expect(catalog.attributes.map(\.name) == ["Geschlecht", "Land", "age"])
        #expect(catalog.attributes.map(\.values) == [["m", "w"], ["FR", "DE"], ["under 18", "25–34"]])
    }
}

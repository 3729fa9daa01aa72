import RatingFiles
import Ratings
import TestSupport
import Testing

struct CatalogReaderTests {
    let items = Vocabulary(["1", "2", "3"])

    @Test func `catalogs of the first MovieLens format are read`() throws {
        let scratch = try Scratch()
        try scratch.write("ml/u.data", "1\t1\t3\t0\n")
        try scratch.write(
            "ml/u.item",
            Array("1|Les Mis".utf8) + [0xE9] + Array("rables (1995)|d||u|1|0\n2|B|d||u|1|1\n99|C|d||u|0|1\n".utf8))
        try scratch.write("ml/u.genre", "War|0\nLove|1\n\n")
        try scratch.write("ml/u.user", "1|24|M|technician|85711\n2|61|F|writer|0\n")
        let source = try RatingsSource(scratch.path("ml"))
        #expect(source.ratings[0].path.hasSuffix("ml/u.data"))
        let catalog = try source.itemCatalog(for: items)
        #expect(catalog.titles == ["Les Misérables (1995)", "B", nil])
        #expect(catalog.genreNames == ["War", "Love"])
        #expect(catalog.genres == [[0], [0, 1], []])
        let users = try source.userCatalog(for: Vocabulary(["1", "2", "5"]))
        #expect(users.attributes.map(\.name) == ["age", "gender", "occupation"])
        #expect(
            users.attributes.map(\.values) == [
                ["18–24", "56 and over", nil], ["M", "F", nil], ["technician", "writer", nil],
            ])
    }

    @Test func `duplicate genre name maps to the first`() throws {
        let scratch = try Scratch()
        try scratch.write("ml/u.data", "1\t1\t3\t0\n")
        try scratch.write("ml/u.item", "1|A|d||u|0|1\n2|B|d||u|1|0\n")
        try scratch.write("ml/u.genre", "War|0\nWar|1\n")
        let catalog = try RatingsSource(scratch.path("ml")).itemCatalog(for: items)
        #expect(catalog.genres == [[0], [0], []])
    }

    @Test func `catalogs of the second MovieLens format are read`() throws {
        let scratch = try Scratch()
        try scratch.write("ml/ratings.dat", "1::1::3::0\n")
        try scratch.write("ml/movies.dat", "1::Toy: The Story (1995)::War|Love\r\n3::C::Love\r\n")
        try scratch.write("ml/users.dat", "1::F::1::10::48067\n2::M::56::16::70072\n")
        let source = try RatingsSource(scratch.path("ml"))
        let catalog = try source.itemCatalog(for: items)
        #expect(catalog.titles == ["Toy: The Story (1995)", nil, "C"])
        #expect(catalog.genreNames == ["Love", "War"])
        #expect(catalog.genres == [[0, 1], [], [0]])
        let users = try source.userCatalog(for: Vocabulary(["1", "2"]))
        #expect(
            users.attributes.map(\.values) == [
                ["under 18", "56 and over"], ["F", "M"], ["student", "self-employed"],
            ])
    }

    @Test func `CSV catalog with quotes and line breaks is read`() throws {
        let scratch = try Scratch()
        try scratch.write("ml/ratings.csv", "userId,movieId,rating\n1,1,3\n")
        try scratch.write(
            "ml/movies.csv",
            "movieId,title,genres\r\n1,\"American President, The (\"\"1995\"\")\",War|Love\r\n2,\"two\nlines\",(no genres listed)\r\n3,\"\",\"War\"\r\n"
        )
        let source = try RatingsSource(scratch.path("ml/ratings.csv"))
        let catalog = try source.itemCatalog(for: items)
        #expect(catalog.titles == ["American President, The (\"1995\")", "two\nlines", nil])
        #expect(catalog.genres == [[0, 1], [], [1]])
    }

    /// For `String` a quote or a comma with an accent behind it is one character, and neither quote nor comma.
    @Test func `an accent behind a quote or a comma hides neither`() throws {
        let scratch = try Scratch()
        try scratch.write("ml/ratings.csv", "userId,movieId,rating\n1,1,3\n")
        try scratch.write(
            "ml/movies.csv", "movieId,title,genres\n1,\u{301}A,War|\u{301}Love\n2,\"\u{301}B\",War\r\n3,C\r,\n")
        let catalog = try RatingsSource(scratch.path("ml")).itemCatalog(for: items)
        #expect(catalog.genreNames == ["War", "\u{301}Love"])
        #expect(catalog.titles == ["\u{301}A", "\u{301}B", "C\r"])
        #expect(catalog.genres == [[0, 1], [0], []])
    }

    @Test func `a single file has no catalog`() throws {
        let scratch = try Scratch()
        let source = try RatingsSource(scratch.write("r.tsv", "1\t2\t3\n"))
        #expect(try source.itemCatalog(for: items).titles == [nil, nil, nil])
        #expect(try source.userCatalog(for: items).attributes.isEmpty)
    }
}

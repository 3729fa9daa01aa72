import Foundation
import Store
import Streams
import Synchronization
import Testing

struct PagedAPITests {
    /// Pages by their addresses, with the header `Link`.
    private func records(_ pages: [String: (body: String, link: String?)]) async throws -> (
        [StreamChange], rejected: Int
    ) {
        var feed = try api(pages)
        var changes: [StreamChange] = []
        while let record = try await feed.next() { changes.append(record.change) }
        return (changes, feed.rejected)
    }

    private func api(_ pages: [String: (body: String, link: String?)]) throws -> PagedAPI {
        try PagedAPI("http://host/list") { url in
            guard let page = pages[url.absoluteString] else { throw CocoaError(.fileNoSuchFile) }
            return (Data(page.body.utf8), page.link)
        }
    }

    private static func rating(_ user: String, _ item: String, _ value: Float, _ time: Int64? = nil) -> StreamChange {
        .rate(RatingEvent(user: user, item: item, value: value, time: time))
    }

    @Test func `fields are found by the names that people give them`() async throws {
        let body = """
            {"results": [
                {"userId": 1, "movieId": "a", "rating": "3.5", "timestamp": 100},
                {"user": {"id": 7}, "movie": {"id": 8}, "score": 4, "rated_at": "1970-01-01T00:01:40Z"},
                {"id": 5, "title": "Heat", "genres": [{"id": 1, "name": "Crime"}, "Action"]},
                {"movie_id": 6, "title": "Up", "genres": "Comedy|Drama"},
                {"id": 9, "gender": "F", "age": 24, "tags": []},
                {"nothing": 1}, 5, null
            ], "next": null}
            """
        let (changes, rejected) = try await records(["http://host/list": (body, nil)])
        #expect(
            changes == [
                Self.rating("1", "a", 3.5, 100), Self.rating("7", "8", 4, 100),
                .item(ItemFacts(id: "5", title: "Heat", genres: ["Crime", "Action"])),
                .item(ItemFacts(id: "6", title: "Up", genres: ["Comedy", "Drama"])),
                .user(UserFacts(id: "9", attributes: ["gender": "F", "age": "24"])),
            ])
        #expect(rejected == 3)
    }

    @Test(
        arguments: [
            (#"{"next": "/list?page=2", "items": [RECORD]}"#, nil), (#"{"next": "?page=2", "items": [RECORD]}"#, nil),
            (#"{"page": 1, "pages": 2, "items": [RECORD]}"#, nil),
            (#"{"page": 1, "total_pages": 2, "data": [RECORD]}"#, nil),
            (#"{"next_page": 2, "ratings": [RECORD]}"#, nil),
            (#"{"links": {"next": "/list?page=2"}, "data": [RECORD]}"#, nil),
            (#"{"_links": {"next": {"href": "/list?page=2"}}, "data": [RECORD]}"#, nil),
            ("[RECORD]", #"</list?page=0>; rel="prev", </list?page=2>; rel="next""#),
            ("[RECORD]", "<http://host/list?page=2>; rel=next"),
        ] as [(String, String?)])
    func `the next page is found`(_ body: String, _ link: String?) async throws {
        let record = #"{"user_id": "u", "item_id": "i", "rating": 3}"#
        let (changes, _) = try await records([
            "http://host/list": (body.replacing("RECORD", with: record), link),
            "http://host/list?page=2": (#"{"page": 2, "pages": 2, "items": [\#(record)]}"#, nil),
        ])
        #expect(changes == [Self.rating("u", "i", 3), Self.rating("u", "i", 3)])
    }

    @Test func `a place on a page is found again`() async throws {
        let pages = Dictionary(
            uniqueKeysWithValues: (1...3).map { page in
                let records = (0..<3).map { #"{"user_id": "u", "item_id": "\#(page)\#($0)", "rating": 3}"# }
                return (
                    page == 1 ? "http://host/list" : "http://host/list?page=\(page)",
                    (
                        body: #"{"page": \#(page), "pages": 3, "items": [\#(records.joined(separator: ","))]}"#,
                        link: nil as String?
                    )
                )
            })
        var feed = try api(pages)
        var all: [PlacedRecord] = []
        while let record = try await feed.next() { all.append(record) }
        #expect(all.count == 9)
        for (number, record) in all.enumerated() {
            var other = try api(pages)
            other.go(to: record.next)
            var rest: [StreamChange] = []
            while let record = try await other.next() { rest.append(record.change) }
            #expect(rest == all[(number + 1)...].map(\.change))
        }
        // An address of elsewhere in a state file leads nowhere.
        feed.go(to: RecordPlace(page: "http://elsewhere/list", index: 0))
        #expect(try await feed.next()?.change == all[0].change)
    }

    @Test(arguments: [
        (#"{"items": [], "next": "http://elsewhere/list"}"#, "another server"),
        (#"{"items": [], "next": "/list"}"#, "was read before"), (#"{"a": 1}"#, "there is no list among a"),
        ("<html>", "no JSON"), ("3", "no list"),
    ])
    func `what leads nowhere is said`(_ body: String, _ reason: String) async throws {
        let error = await #expect(throws: PublishingError.self) { try await records(["http://host/list": (body, nil)]) }
        #expect("\(try #require(error))".contains(reason))
    }

    @Test func `an address is one of HTTP`() {
        for address in ["file:///etc/passwd", "host/list", "", "ftp://host/list"] {
            #expect(throws: PublishingError.self) {
                _ = try PagedAPI(address) { _ in (Data(), nil) }
            }
        }
    }
}

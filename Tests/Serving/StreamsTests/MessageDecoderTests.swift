import Foundation
import Store
import Streams
import Testing

struct MessageDecoderTests {
    private func decode(
        _ text: String?, _ kind: MessageKind = .ratings, schema: String? = nil, key: String? = nil, time: Int64? = nil
    ) throws -> [StreamChange] {
        var decoder = MessageDecoder()
        return try decoder.changes(
            of: text.map { Data($0.utf8) },
            .init(kind: kind, schema: schema, key: key.map { Data($0.utf8) }, time: time))
    }

    /// Why a message is rejected; empty where it is not.
    private func reason(
        _ text: String?, _ kind: MessageKind = .ratings, schema: String? = nil, key: String? = nil
    ) -> String {
        do {
            _ = try decode(text, kind, schema: schema, key: key)
            return ""
        } catch { return (error as? MessageFault)?.reason ?? "\(error)" }
    }

    private static let rated = StreamChange.rate(RatingEvent(user: "1", item: "50", value: 4.5, time: 881_250_949))

    @Test(arguments: [
        #"{"user_id": 1, "item_id": 50, "rating": 4.5, "timestamp": 881250949}"#,
        #"{"userId": "1", "movieId": "50", "rating": "4.5", "timestamp": "881250949"}"#,
        #"{"user": 1, "movie_id": 50, "score": 4.5, "ts": 881250949000}"#,
        #"{"uid": 1, "item": "50", "stars": 4.50, "time": "1997-12-04T15:55:49Z"}"#,
        #"{"USER-ID": 1, "filmId": 50, "value": 4.5, "rated_at": "1997-12-04 16:55:49+01:00", "comment": {"a": [1]}}"#,
        #"{"user_id": 1, "username": "ann", "item_id": 50, "rating": 4.5, "timestamp": 881250949.75}"#,
        #"{"ratings": [{"user_id": 1, "item_id": 50, "rating": 4.5, "timestamp": 881250949}]}"#,
        #"{"user_id": 1, "ratings": [{"item_id": 50, "rating": 4.5, "timestamp": 881250949}]}"#,
        "\u{FEFF}[{\"user_id\": 1.0, \"item_id\": 50, \"rating\": 4.5, \"timestamp\": 881250949}]",
    ])
    func `ratings are read in the spellings that people use`(text: String) throws {
        #expect(try decode(text) == [Self.rated])
    }

    @Test func `a rating without a time has that of its message`() throws {
        let text = #"{"user_id": 1, "item_id": 50, "rating": 4.5, "timestamp": null}"#
        #expect(try decode(text, time: 881_250_949_500) == [Self.rated])
        #expect(try decode(text) == [.rate(RatingEvent(user: "1", item: "50", value: 4.5, time: nil))])
    }

    @Test func `ids keep their digits`() throws {
        let text = #"{"user_id": 9007199254740993, "item_id": "007", "rating": 1}"#
        #expect(try decode(text) == [.rate(RatingEvent(user: "9007199254740993", item: "007", value: 1, time: nil))])
    }

    @Test(arguments: [
        ("{", "no JSON"), ("", "no JSON"), ("\u{0}\u{0}\u{0}\u{0}\u{1}x", "Avro"), ("4", "send an object"),
        ("[1]", "entry 1 of the list is 1"),
        (#"{"item_id": 50, "rating": 4}"#, "user_id is missing; send one of user_id, userId, user, uid"),
        (#"{"user_id": 1, "rating": 4}"#, "item_id is missing"),
        (#"{"user_id": 1, "item_id": 50}"#, "rating is missing; send one of rating, score"),
        (#"{"user_id": 1, "item_id": 50, "rating": "six"}"#, #"rating is "six"; send a number such as 4.5"#),
        (#"{"user_id": 1, "item_id": 50, "rating": true}"#, "rating is true"),
        (#"{"user_id": 1, "item_id": 50, "rating": 1e30}"#, "rating is 1e+30"),
        (#"{"user_id": 1, "item_id": 50, "rating": "0x10"}"#, "rating is"),
        (#"{"user_id": 1.5, "item_id": 50, "rating": 4}"#, "user_id is 1.5; send text or a whole number"),
        (#"{"user_id": "", "item_id": 50, "rating": 4}"#, "user_id is \"\""),
        (#"{"user_id": {"id": 1}, "item_id": 50, "rating": 4}"#, "user_id is an object"),
        (#"{"user_id": 1, "item_id": 50, "rating": 4, "ts": "yesterday"}"#, #"ts is "yesterday"; send seconds"#),
    ])
    func `what is no rating is rejected by field, value and remedy`(text: String, part: String) {
        #expect(reason(text).contains(part), "\(reason(text))")
    }

    @Test func `nesting without end is rejected`() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(reason(deep).contains("no JSON"))
        #expect(reason(String(repeating: #"{"a":"#, count: 600) + "1" + String(repeating: "}", count: 600)) != "")
    }

    @Test func `a tombstone removes the rating of its key`() throws {
        let removal = StreamChange.remove(user: "1", item: "50")
        #expect(try decode(nil, key: "1:50") == [removal])
        #expect(try decode(nil, key: #"{"userId": 1, "movieId": "50"}"#) == [removal])
        #expect(reason(nil, key: "1").contains("user:item"))
        #expect(reason(nil, key: "1:2:3").contains("1:2:3"))
        #expect(reason(nil).contains("names no rating"))
        #expect(reason(nil, .items, key: "50").contains("items are not removed"))
        for (user, item) in [("1", "50"), ("a:b", "50"), ("{1", "\"5\\0\n")] {
            #expect(
                try decode(nil, key: RatingKey.text(user: user, item: item)) == [.remove(user: user, item: item)])
        }
    }

    @Test func `items and users tell their facts`() throws {
        let heat = StreamChange.item(ItemFacts(id: "50", title: "Heat (1995)", genres: ["Action", "Crime"]))
        #expect(try decode(#"{"movieId": 50, "title": "Heat (1995)", "genres": "Action|Crime"}"#, .items) == [heat])
        #expect(try decode(#"[{"id": "50", "name": "Heat (1995)", "genres": ["Action", "Crime"]}]"#, .items) == [heat])
        #expect(
            try decode(#"{"item_id": 50, "genres": "(no genres listed)"}"#, .items)
                == [.item(ItemFacts(id: "50", title: nil))])
        #expect(reason(#"{"item_id": 50, "genres": [1]}"#, .items).contains("genres has 1"))
        #expect(
            try decode(#"{"id": 1, "age": 24, "occupation": "technician", "tags": ["a"], "is_new": true}"#, .users)
                == [.user(UserFacts(id: "1", attributes: ["age": "24", "occupation": "technician", "is_new": "true"]))])
    }

    @Test func `the header says what a message is, whatever its topic`() throws {
        let item = #"{"item_id": 50, "title": "Heat (1995)"}"#
        #expect(try decode(item, schema: "item/1") == [.item(ItemFacts(id: "50", title: "Heat (1995)"))])
        #expect(reason(item, schema: "rating/2").contains("schema \"rating/2\" is not known"))
    }
}

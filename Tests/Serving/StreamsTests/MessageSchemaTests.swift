import Foundation
import RatingFiles
import Streams
import TestSupport
import Testing

/// The published schemas against the decoder: what the schemas list is read, and both take and refuse the same messages.
struct MessageSchemaTests {
    private func checker(_ kind: MessageKind) throws -> SchemaChecker {
        let name = kind.schema.split(separator: "/")[0]
        return try SchemaChecker(
            Data(contentsOf: projectRoot.appendingPathComponent("docs/schemas/\(name).schema.json")))
    }

    private func isDecoded(_ text: String, _ kind: MessageKind) -> Bool {
        var decoder = MessageDecoder()
        return (try? decoder.changes(of: Data(text.utf8), .init(kind: kind))) != nil
    }

    private func fields(_ kind: MessageKind) throws -> [String] {
        let name = String(kind.schema.split(separator: "/")[0])
        return try checker(kind).root["$defs"]?[name]?["properties"]?.names ?? []
    }

    @Test func `the schemas list the names that the decoder documents`() throws {
        let names = MessageFields.documented
        #expect(try fields(.ratings) == names.values.flatMap { $0 }.sorted())
        let items = (names[.item] ?? []) + ["id"] + MessageFields.titles + MessageFields.genres
        #expect(try fields(.items) == items.sorted())
        #expect(try fields(.users) == ((names[.user] ?? []) + ["id"]).sorted())
    }

    @Test func `the decoder knows the meaning of each documented name`() {
        for (role, names) in MessageFields.documented {
            for name in names { #expect(ColumnNames.meaning(of: name)?.role == role, "\(name)") }
        }
    }

    @Test func `each documented name is taken by both`() throws {
        let schema = try checker(.ratings)
        for (role, names) in MessageFields.documented {
            for name in names {
                var fields = ["user_id": "1", "item_id": "50", "rating": "4", "timestamp": "881250949"]
                let usual = role == .user ? "user_id" : role == .item ? "item_id" : role.rawValue
                fields[name] = fields.removeValue(forKey: usual)
                let body = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
                let text = "{\(body.joined(separator: ", "))}"
                #expect(try schema.allows(text) && isDecoded(text, .ratings), "\(text)")
            }
        }
    }

    @Test(arguments: MessageKind.allCases)
    func `the examples of a schema are taken by both`(kind: MessageKind) throws {
        let data = try Data(
            contentsOf: projectRoot.appendingPathComponent(
                "docs/schemas/\(kind.schema.split(separator: "/")[0]).schema.json"))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let examples = try #require(root["examples"] as? [Any])
        #expect(examples.count > 1)
        for example in examples {
            let text = String(decoding: try JSONSerialization.data(withJSONObject: example), as: UTF8.self)
            #expect(try checker(kind).allows(text) && isDecoded(text, kind), "\(text)")
        }
    }

    @Test(arguments: [
        (MessageKind.ratings, #"{"item_id": 50, "rating": 4}"#), (.ratings, #"{"user_id": 1, "rating": 4}"#),
        (.ratings, #"{"user_id": 1, "item_id": 50}"#), (.ratings, #"{"user_id": 1, "item_id": 50, "rating": true}"#),
        (.ratings, #"{"user_id": 1, "item_id": 50, "rating": "six"}"#),
        (.ratings, #"{"user_id": 1, "item_id": 50, "rating": 2e12}"#),
        (.ratings, #"{"user_id": 1, "item_id": 50, "rating": null}"#),
        (.ratings, #"{"user_id": 1.5, "item_id": 50, "rating": 4}"#),
        (.ratings, #"{"user_id": [1], "item_id": 50, "rating": 4}"#),
        (.ratings, #"{"user_id": "", "item_id": 50, "rating": 4}"#),
        (.ratings, #"{"user_id": 1, "item_id": 50, "rating": 4, "ts": "soon"}"#),
        (.ratings, #"{"ratings": [{"user_id": 1, "item_id": 50}]}"#), (.ratings, "[1]"), (.ratings, "4"),
        (.ratings, #""text""#), (.ratings, "{"), (.items, #"{"title": "Heat"}"#), (.items, #"{"id": 1, "genres": 4}"#),
        (.items, #"{"id": 1, "genres": ["a", 4]}"#), (.users, #"{"age": 24}"#), (.users, #"{"user_id": null}"#),
    ])
    func `what is wrong is refused by both`(kind: MessageKind, text: String) throws {
        #expect(try !checker(kind).allows(text) && !isDecoded(text, kind))
    }
}

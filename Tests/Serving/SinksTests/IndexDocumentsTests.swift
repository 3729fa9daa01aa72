import FileOutput
import Foundation
import Sinks
import Store
import Testing

struct IndexDocumentsTests {
    private let documents = IndexDocuments(prefix: "k")

    /// The lines of an operation.
    private func lines(_ operation: BulkOperation) -> [String] {
        String(decoding: operation.lines, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func `a rating`() {
        let rating = RatingRecord(user: "1", item: "a:b", value: 3.5, time: 881_250_949, arrived: 900_000_000)
        #expect(
            lines(documents.rating(rating, version: 12)) == [
                #"{"index":{"_index":"k-ratings","_id":"1:a%3Ab","version":12,"version_type":"external_gte"}}"#,
                #"{"user_id":"1","item_id":"a:b","rating":3.5,"@timestamp":881250949,"arrived":900000000}"#,
            ])
        let bare = RatingRecord(user: "1", item: "2", value: 4, time: nil, arrived: nil)
        #expect(lines(documents.rating(bare, version: 0))[1] == #"{"user_id":"1","item_id":"2","rating":4}"#)
    }

    @Test func `an item and a user`() {
        let item = ItemRecord(
            id: "1", title: "Toy \"Story\" \u{1} (1995)", genres: ["Comedy", "Children's"], ratings: 452,
            meanRating: 3.878318584)
        #expect(
            lines(documents.item(item, version: 1))[1]
                == #"{"item_id":"1","title":"Toy \"Story\" \u0001 (1995)","genres":["Comedy","Children's"],"year":1995,"ratings":452,"mean_rating":3.8783185}"#
        )
        let unknown = ItemRecord(id: "2", title: nil, genres: [], ratings: 0, meanRating: nil)
        #expect(lines(documents.item(unknown, version: 1))[1] == #"{"item_id":"2","genres":[],"ratings":0}"#)
        let user = UserRecord(id: "7", community: 3, ratings: 2, meanRating: 4)
        #expect(
            lines(documents.user(user, version: 1))[1]
                == #"{"user_id":"7","community":"3","ratings":2,"mean_rating":4}"#)
    }

    @Test(arguments: [
        ("Toy Story (1995)", 1995), ("Toy Story (1995) ", 1995), ("(1995)", 1995), ("Toy Story", nil), ("1995", nil),
        ("2001 (a)", nil), ("M (19311)", nil), ("é(1995)", 1995), ("", nil),
    ])
    func `the year is at the end of a title`(_ title: String, _ year: Int?) {
        #expect(IndexDocuments.year(of: title) == year)
    }

    /// What a document may hold, by the mapping.
    private func fields(_ kind: IndexKind) -> Set<String> { Set(IndexMapping.fields(kind).map(\.name)) }

    private func requireMapped(_ operation: BulkOperation, _ kind: IndexKind, _ names: Set<String>? = nil) throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(lines(operation)[1].utf8)) as? [String: Any])
        #expect(Set(object.keys).isSubset(of: fields(kind)))
        if let names { #expect(Set(object.keys) == names) }
    }

    @Test func `every field is mapped`() throws {
        try requireMapped(
            documents.rating(.init(user: "1", item: "2", value: 1, time: 1, arrived: 1), version: 1), .ratings,
            fields(.ratings))
        try requireMapped(
            documents.item(.init(id: "1", title: "A (1995)", genres: ["x"], ratings: 1, meanRating: 1), version: 1),
            .items, fields(.items))
        try requireMapped(
            documents.user(.init(id: "1", community: 1, ratings: 1, meanRating: 1), version: 1), .users, fields(.users))
    }

    @Test func `a mapping is strict, and made without refreshes under a name of its own`() throws {
        for kind in IndexKind.allCases {
            let index = IndexName(kind, prefix: "k", number: 3)
            let body = try #require(
                try JSONSerialization.jsonObject(with: IndexMapping.creation(index)) as? [String: [String: Any]])
            #expect(body["mappings"]?["dynamic"] as? String == "strict")
            #expect((body["settings"]?["index"] as? [String: String])?["refresh_interval"] == "-1")
            #expect(body["aliases"].map { Array($0.keys) } == ["k-\(kind.rawValue)-000003-loading"])
        }
    }
}

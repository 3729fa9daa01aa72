import Foundation
import Sinks
import Testing

struct IndexGenerationsTests {
    private func generations(_ json: String) throws -> IndexGenerations {
        try IndexGenerations(Data(json.utf8), prefix: "k")
    }

    private func index(_ number: Int, _ kind: IndexKind = .items) -> IndexName {
        IndexName(kind, prefix: "k", number: number)
    }

    @Test func `names have numbers`() {
        #expect(index(3).name == "k-items-000003" && index(1_234_567).name == "k-items-1234567")
        #expect(IndexName("k-items-000003", .items, prefix: "k") == index(3))
        for other in [
            "k-items", "k-items-3", "k-items-00000x", "k-items-000003-loading", "k-x-items-000003", "k-users-000003",
        ] {
            #expect(IndexName(other, .items, prefix: "k") == nil)
        }
    }

    @Test func `the next number is above all`() throws {
        let state = try generations(
            #"{"k-items-000002":{"aliases":{"k-items":{}}},"k-items-000007":{"aliases":{}},"k-items-b":{"aliases":{}}}"#
        )
        #expect(state.next(.items, prefix: "k") == index(8))
        #expect(state.next(.users, prefix: "k") == index(1, .users))
    }

    @Test func `aliases move in one call`() throws {
        let state = try generations(
            #"{"k-items-000001":{"aliases":{"k-items":{}}},"mine":{"aliases":{"k-items":{}}}}"#)
        #expect(
            String(decoding: state.swap(to: [index(2)]), as: UTF8.self) == """
                {"actions":[{"remove":{"index":"k-items-000001","alias":"k-items"}},\
                {"remove":{"index":"mine","alias":"k-items"}},\
                {"remove":{"index":"k-items-000002","alias":"k-items-000002-loading"}},\
                {"add":{"index":"k-items-000002","alias":"k-items"}}]}
                """)
        #expect(!state.lead(to: [index(1)]) && !state.lead(to: [index(2)]))
        #expect(try generations(#"{"k-items-000002":{"aliases":{"k-items":{}}}}"#).lead(to: [index(2)]))
    }

    @Test func `older indices stay as far as they are wanted, half ones never`() throws {
        let state = try generations(
            """
            {"k-items-000001":{"aliases":{}},"k-items-000002":{"aliases":{}},
             "k-items-000003":{"aliases":{"k-items-000003-loading":{}}},"k-items-000004":{"aliases":{"k-items":{}}},
             "k-users-000001":{"aliases":{"k-users":{}}}}
            """)
        #expect(state.outdated(by: [index(5)], keep: 0) == [index(3), index(4), index(2), index(1)])
        #expect(state.outdated(by: [index(5)], keep: 1) == [index(3), index(2), index(1)])
        #expect(state.outdated(by: [index(5)], keep: 9) == [index(3)])
    }

    @Test func `an index with the name of an alias is told`() {
        #expect(throws: ElasticsearchError.self) { try generations(#"{"k-items":{"aliases":{}}}"#) }
    }
}

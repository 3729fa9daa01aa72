import Store
import TestSupport
import Testing

/// A document about a store is in its ledger as of when the store last changed.
struct DocumentTests {
    @Test func `a document of an unchanged store keeps its time, and gets another after something came or left`() throws
    {
        let scratch = try Scratch()
        let store = try Store(scratch.path("s.sqlite"), creates: true)
        func times() throws -> [Int64] { try store.outputs().map(\.written) }
        try store.recordDocument(Output.catalogue, at: "/a", now: 100)
        try store.recordDocument(Output.record, at: "/b", now: 150)
        try store.recordDocument(Output.catalogue, at: "/a", now: 200)
        #expect(try times() == [100, 150])
        try store.record([Output(kind: "graph", place: "/g", written: 250, holdsPeople: true)])
        try store.recordDocument(Output.catalogue, at: "/a", now: 300)
        #expect(try times() == [150, 250, 300])
        try store.recordDocument(Output.catalogue, at: "/a", now: 400)
        #expect(try times() == [150, 250, 300])
        #expect(try store.outputs().filter(\.holdsPeople).map(\.place) == ["/g"])
    }
}

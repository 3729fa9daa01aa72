import Foundation
import Governance
import Store
import TestSupport
import Testing

struct RecordOfProcessingTests {
    private let scratch: Scratch
    private let store: Store

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    @Test func `a record names each purpose with its basis, and all that is declared`() throws {
        let record = try RecordOfProcessing(of: store)
        #expect(record.activities.map(\.purpose) == ProcessingPurpose.allCases)
        let export = try #require(record.activities.first { $0.purpose == .export })
        #expect(export.article == "Art. 6(1)(a)")
        #expect(export.recipients.contains("readers of the topics of Kafka"))
        #expect(export.categories.contains { $0.holders.contains("file graph/users.csv (user_id)") })
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(record.json.utf8)) as? [String: Any])
        #expect((json["elements"] as? [Any])?.count == Inventory.elements.count)
        #expect(record.holdings.map(\.table) == Inventory.tables)
    }

    @Test func `the page is well-formed, and its texts cannot change it`() throws {
        try store.record([Output(kind: "<b>", place: "/a&b", written: 1, holdsPeople: true)])
        let page = try RecordOfProcessing(of: store, controller: "A <script> & Sons").html
        #expect(page.contains("A &lt;script&gt; &amp; Sons") && page.contains("/a&amp;b"))
        #expect(XMLReader(page).isWellFormed)
    }

    @Test func `the same store gives the same bytes`() throws {
        let (one, other) = (try RecordOfProcessing(of: store), try RecordOfProcessing(of: store))
        #expect(try one.json == other.json && one.html == other.html)
    }
}

/// Elements that are opened and closed in order.
private struct XMLReader {
    private let text: String

    init(_ text: String) { self.text = text }

    var isWellFormed: Bool {
        var open: [Substring] = []
        for tag in text.matches(of: /<(\/?)([a-z0-9]+)[^<>]*?(\/?)>/) {
            if tag.1.isEmpty, tag.3.isEmpty {
                open.append(tag.2)
            } else if !tag.1.isEmpty, open.popLast() != tag.2 {
                return false
            }
        }
        return open.isEmpty
    }
}

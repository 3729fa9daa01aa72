import Foundation
import Governance
import Testing

struct LineageEventTests {
    private let job = LineageJob(
        "import", "Import ratings into a store.", version: "1.2.3",
        inputs: [.source("/data/u.data", checksum: "abc", bytes: 5)],
        outputs: [LineageDataset(table: "ratings", ofStore: "/data/s.sqlite", version: "def", rows: 7)])

    private func fields(_ event: LineageJob.Event) throws -> [String: Any] {
        let line = try job.line(event, at: Date(timeIntervalSince1970: 1.5))
        #expect(line.hasSuffix("}\n") && line.filter(\.isNewline).count == 1)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func `an event names its run, data sets, versions and columns`() throws {
        let event = try fields(.complete)
        #expect(event["eventType"] as? String == "COMPLETE")
        #expect(event["eventTime"] as? String == "1970-01-01T00:00:01.500Z")
        let output = try #require((event["outputs"] as? [[String: Any]])?.first)
        #expect(output["namespace"] as? String == "sqlite:/data/s.sqlite" && output["name"] as? String == "ratings")
        let facets = try #require(output["facets"] as? [String: [String: Any]])
        #expect(facets["version"]?["datasetVersion"] as? String == "def")
        let columns = try #require(facets["columnLineage"]?["fields"] as? [String: [String: Any]])
        let inputs = try #require(columns["value"]?["inputFields"] as? [[String: Any]])
        #expect(inputs.map { $0["name"] as? String } == ["/data/u.data"] && inputs[0]["field"] as? String == "value")
        let statistics = try #require(output["outputFacets"] as? [String: [String: Any]])
        #expect(statistics["outputStatistics"]?["rowCount"] as? Int == 7)
    }

    @Test func `events of one run share its id`() throws {
        func run(_ event: LineageJob.Event) throws -> String? {
            (try fields(event)["run"] as? [String: Any])?["runId"] as? String
        }
        #expect(try run(.start) == run(.fail(type: "StoreError")) && run(.start) != nil)
    }
}

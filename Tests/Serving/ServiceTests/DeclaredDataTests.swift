import Foundation
import Governance
import HTTPTypes
import HummingbirdTesting
import Sinks
import Store
import Streams
import TestSupport
import Testing

/// The inventory held against what the service tells and sends: metrics, lines of the log, indices and topics. Each check finds
/// what is planted.
struct DeclaredDataTests {
    // MARK: Metrics

    /// The labels of each family in the text of /metrics, and its value.
    private static func metrics(_ text: String) -> [Inventory.Observed] {
        var family = ""
        return text.split(separator: "\n").flatMap { line -> [Inventory.Observed] in
            if line.hasPrefix("# TYPE ") {
                family = line.split(separator: " ").dropFirst(2).first.map(String.init) ?? ""
            }
            guard !line.hasPrefix("#") else { return [] }
            let name = line.prefix { $0 != "{" && $0 != " " }
            let holder = name.hasPrefix(family) ? family : String(name)
            let labels = line.matches(of: /([a-z_]+)="/).map { String($0.1) }
            return (["value"] + labels).map { .init(.metric, holder, $0) }
        }
    }

    @Test func `every metric and label is declared, and a planted one is found`() async throws {
        let service = try await TestService()
        #expect(
            try await service.send(.post, "/ratings", #"{"user_id":"0","item_id":"1","rating":4}"#, as: .write).status
                == .ok)
        for path in ["/users/0", "/users/0/recommendations", "/no-such-path"] { _ = try await service.get(path) }
        let text = try await service.get("/metrics").text
        let observed = Self.metrics(text)
        #expect(Inventory.undeclared(observed) == [])
        // What is there after a comparison, or once a source or sink knows how far behind it is.
        let missing = Set(Inventory.unseen(observed, of: .metric).map(\.holder))
        #expect(
            missing.isSubset(of: [
                "kindred_model_rmse", "kindred_source_lag", "kindred_sink_lag_entries", "kindred_sink_lag_seconds",
            ]), "\(missing)")
        let planted =
            text + """
                kindred_http_requests_total{user="u1",route="/x"} 1
                # TYPE kindred_addresses_total counter
                kindred_addresses_total 3

                """
        #expect(
            Inventory.undeclared(Self.metrics(planted)).map(\.description)
                == ["metric kindred_addresses_total value", "metric kindred_http_requests_total user"])
    }

    // MARK: Log

    /// The names of fields that a source file gives to lines of the log.
    private static func logFields(_ source: String) -> [Inventory.Observed] {
        guard source.contains("etadata") else { return [] }
        let inLists = source.matches(of: /"([a-z_]+)":\s*"\\\(/).map { String($0.1) }
        let alone = source.matches(of: /metadata\["([a-z_]+)"\] =/).map { String($0.1) }
        return (inLists + alone).map { .init(.log, "log", $0) }
    }

    @Test func `every field that the sources give to the log is declared, and a planted one is found`() throws {
        var observed: [Inventory.Observed] = []
        for floor in ["Serving", "Tools"] {
            let folder = projectRoot.appendingPathComponent("Sources/\(floor)")
            let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
            for case let url as URL in files where url.pathExtension == "swift" {
                observed += Self.logFields(try String(contentsOf: url, encoding: .utf8))
            }
        }
        #expect(Set(observed).count > 15)
        #expect(Inventory.undeclared(observed) == [])
        let always: Set = ["level", "message", "logger", "time", "request_id", "sl-*"]
        #expect(Set(Inventory.unseen(observed, of: .log).map(\.name)) == always)
        let planted = #"logger.info("seen", metadata: ["user": "\(id)", "run": "1"]); metadata["email"] = "x""#
        #expect(Inventory.undeclared(Self.logFields(planted)).map(\.name) == ["email", "user"])
    }

    // MARK: Indices and topics

    @Test func `every field of an index is declared, and a planted one is found`() {
        let observed = IndexKind.allCases.flatMap { kind in
            IndexMapping.fields(kind).map { Inventory.Observed(.index, kind.rawValue, $0.name) }
        }
        #expect(Inventory.undeclared(observed) == [] && Inventory.unseen(observed, of: .index) == [])
        #expect(
            Inventory.undeclared(observed + [.init(.index, "users", "age")]).map(\.description) == ["index users age"])
    }

    /// The fields of messages, with their key and the headers of the source file that writes them.
    private static func messages(_ changes: [StreamChange]) throws -> [Inventory.Observed] {
        try changes.flatMap { change -> [Inventory.Observed] in
            let message = PublishedMessage(change)
            let object =
                try JSONSerialization.jsonObject(with: Data((message.json ?? "{}").utf8)) as? [String: Any] ?? [:]
            return (["key", MessageKind.schemaHeader] + object.keys).map {
                .init(.topic, message.kind.rawValue, $0)
            }
        }
    }

    @Test func `every field of a message is declared, and a planted one is found`() throws {
        let source = projectRoot.appendingPathComponent("Sources/Serving/Streams/Kafka/DeadLetters.swift")
        let letters = try String(contentsOf: source, encoding: .utf8).matches(of: /"(kindred-[a-z]+)"/).map {
            Inventory.Observed(.topic, "dead letters", String($0.1))
        }
        let observed =
            try Self.messages([
                .rate(RatingEvent(user: "u", item: "a", value: 3, time: 5)), .remove(user: "u", item: "a"),
                .item(ItemFacts(id: "a", title: "A", genres: ["Drama"])),
                .user(UserFacts(id: "u", attributes: ["age": "18–24"])),
            ]) + letters + [.init(.topic, "dead letters", "value")]
        #expect(letters.count == 4)
        #expect(Inventory.undeclared(observed) == [] && Inventory.unseen(observed, of: .topic) == [])
        #expect(
            Inventory.undeclared([.init(.topic, "ratings", "session")]).map(\.description) == ["topic ratings session"])
    }
}

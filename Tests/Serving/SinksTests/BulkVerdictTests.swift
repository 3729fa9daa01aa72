import Foundation
import Sinks
import Testing

struct BulkVerdictTests {
    private func problem(_ type: String) throws -> ServerProblem {
        try JSONDecoder().decode(ServerProblem.self, from: Data(#"{"type":"\#(type)","reason":"r"}"#.utf8))
    }

    @Test func `what is done is done`() throws {
        #expect(BulkVerdict(.index, status: 201, problem: nil) == .done)
        #expect(BulkVerdict(.delete, status: 404, problem: nil) == .done)
        let conflict = try problem("version_conflict_engine_exception")
        #expect(BulkVerdict(.index, status: 409, problem: conflict) == .done)
        #expect(BulkVerdict(.delete, status: 409, problem: conflict) == .done)
    }

    @Test(arguments: [429, 500, 502, 503])
    func `what is busy comes again`(_ status: Int) throws {
        #expect(BulkVerdict(.index, status: status, problem: try problem("t")) == .again(reason: "t: r"))
    }

    @Test(arguments: [400, 404, 409, 413])
    func `the rest is dead`(_ status: Int) throws {
        #expect(
            BulkVerdict(.index, status: status, problem: try problem("t"))
                == .dead(status: status, type: "t", reason: "r"))
    }

    @Test func `a missing alias and a lack of privileges stop`() throws {
        #expect(
            BulkVerdict(.delete, status: 404, problem: try problem("index_not_found_exception"))
                == .stop(.missing(name: "that is written to")))
        #expect(
            BulkVerdict(.index, status: 403, problem: try problem("t"))
                == .stop(.denied(request: "bulk", status: 403, reason: "t: r")))
    }

    @Test func `problems have causes, and are texts in old calls`() throws {
        let data = Data(#"{"type":"t","reason":"r","index":"i","caused_by":{"reason":"c"}}"#.utf8)
        let found = try JSONDecoder().decode(ServerProblem.self, from: data)
        #expect(found.reason == "r: c" && found.index == "i")
        let text = try JSONDecoder().decode([ServerProblem].self, from: Data(#"["alias [a] missing"]"#.utf8))
        #expect(text[0].reason == "alias [a] missing")
    }
}

import Foundation
import HTTPTypes
import HummingbirdCore
import HummingbirdTesting
import NIOCore
import Service
import ServingSupport
import Store
import Testing

struct AuditRouteTests {
    private func actions(_ service: TestService, _ query: String = "") async throws -> [String] {
        try await service.get("/audit\(query)", as: .auditor).list().values("action")
    }

    @Test func `auditors read newest first, page by page, as JSON and CSV`() async throws {
        let service = try await TestService()
        try service.sample.store.audit("privacy.access", by: "support", about: "1")
        let reply = try await service.get("/audit?per_page=2", as: .auditor)
        #expect(try reply.list().values("action") == ["privacy.access", "keys.add"])
        #expect(try reply.json()["total"] as? Int == Role.allCases.count + 1)
        #expect(reply.headers[.link]?.contains("rel=\"next\"") == true)
        #expect(try await actions(service, "?user=1") == ["privacy.access"])
        #expect(try await actions(service, "?user=2").isEmpty)
        #expect(try await actions(service, "?since=253402300799").isEmpty)
        let lines = try await service.get("/audit?format=csv", as: .auditor).text.split(separator: "\n")
        #expect(lines[0] == "entry,time,actor,action,subject,detail" && lines.count == Role.allCases.count + 2)
    }

    @Test func `auditors verify, with a head that they have kept`() async throws {
        let service = try await TestService()
        let found = try await service.get("/audit/verification", as: .auditor).json()
        #expect(found["holds"] as? Bool == true && found["entries"] as? Int == Role.allCases.count)
        let head = try #require(found["head"] as? String)
        _ = try await service.send(.post, "/admin/refresh", as: .admin)
        let again = try await service.get("/audit/verification?head=\(head)", as: .auditor).json()
        #expect(again["holds"] as? Bool == true && again["last"] as? Int == Role.allCases.count + 1)
        let other = String(repeating: "0", count: 64)
        let strange = try await service.get("/audit/verification?head=\(other)", as: .auditor).json()
        #expect(strange["holds"] as? Bool == false)
    }

    @Test func `what administrators do is kept before it is done`() async throws {
        let service = try await TestService()
        _ = try await service.send(.post, "/admin/sql", #"{"sql":"SELECT count(*) FROM users"}"#, as: .admin)
        _ = try await service.send(.post, "/admin/sql", #"{"sql":"SELECT * FROM audit"}"#, as: .admin)
        _ = try await service.send(.post, "/admin/sources/still/pause", as: .admin)
        _ = try await service.send(.post, "/admin/refresh", as: .admin)
        let entries = try await service.get("/audit?per_page=4", as: .auditor).list()
        #expect(entries.values("action") == ["admin.refresh", "source.pause", "sql", "sql"])
        #expect(entries.values("actor") == Array(repeating: "admin", count: 4))
        #expect(entries.values("detail", String.self)[1] == "still")
        #expect(entries.values("detail", String.self)[2].hasSuffix(" on audit"))
        #expect(entries.values("detail", String.self)[3].hasSuffix(" on users"))
    }

    @Test func `SQL of administrators does not read what is hidden`() async throws {
        let service = try await TestService()
        for sql in ["SELECT hash FROM api_keys", "SELECT * FROM audit", "SELECT * FROM idempotency_keys"] {
            let reply = try await service.send(.post, "/admin/sql", #"{"sql":"\#(sql)"}"#, as: .admin)
            #expect(reply.status == .unprocessableContent && reply.text.contains("SQL does not read"), "\(sql)")
        }
    }

    @Test func `an administrator breaks the glass with a reason, and it shouts`() async throws {
        let service = try await TestService()
        let reason: HTTPFields = [.breakGlass: "auditor is ill, incident 12"]
        #expect(try await service.get("/audit", as: .admin).status == .forbidden)
        let reply = try await service.get("/audit", as: .admin, headers: reason)
        #expect(try reply.list().first?["action"] as? String == "break-glass")
        #expect(try reply.list().first?["detail"] as? String == "GET /audit: auditor is ill, incident 12")
        #expect(try reply.list().first?["actor"] as? String == "admin")
        #expect(try await service.get("/metrics").text.contains("kindred_break_glass_total 1\n"))
    }

    @Test func `the glass does not break without a reason or for other roles`() async throws {
        let service = try await TestService()
        for reason in ["", "four", String(repeating: "x", count: 201)] {
            let reply = try await service.get("/audit", as: .admin, headers: [.breakGlass: reason])
            #expect(reply.status == .badRequest)
        }
        for role in [Role.read, .write] {
            let reply = try await service.get("/audit", as: role, headers: [.breakGlass: "because I want it"])
            #expect(reply.status == .forbidden)
        }
        #expect(try await !actions(service).contains("break-glass"))
        #expect(try await service.get("/metrics").text.contains("kindred_break_glass_total 0\n"))
    }
}

import Foundation
import HTTPTypes
import HummingbirdTesting
import ServingSupport
import Store
import Testing

extension RouteTests {
    /// Numbers that no one means, wherever a request has one.
    struct Numbers {
        private let service: TestService

        init() throws { service = try #require(TestService.shared) }

        private static let numbers = [
            "1e400", "-1e400", "1e308", "-1e308", "-0.0", "-0", "1e-320", "1e30", "99999999999999999999",
            "-99999999999999999999", "9223372036854775807", "-9223372036854775808", "NaN", "Infinity", "0x10", "",
        ]

        @Test(
            "15.5: no number in a query traps",
            arguments: [
                "/movies?page=", "/movies?per_page=", "/movies/7/similar?count=", "/movies/7/fans?page=",
                "/users/1/neighbors?count=", "/users/1/recommendations?count=", "/ratings?count=", "/communities/",
                "/communities/0?page=", "/graph/core?count=", "/graph/heatmap?count=", "/analytics/top_items?limit=",
                "/runs?page=", "/users/", "/movies/",
            ])
        func queries(_ path: String) async throws {
            for number in Self.numbers {
                let reply = try await service.get(path + number)
                #expect(reply.status.code < 500, "\(path)\(number): \(reply.text)")
            }
        }

        @Test(
            "15.5: no number in a body traps",
            arguments: [
                ("/ratings", #"{"user_id":"1","item_id":"7","rating":N}"#),
                ("/ratings", #"{"user_id":"1","item_id":"7","rating":4,"timestamp":N}"#),
                ("/recommendations", #"{"ratings":[{"item_id":"7","rating":N}]}"#),
                ("/recommendations", #"{"ratings":[{"item_id":"7","rating":4}],"count":N}"#),
                ("/admin/sql", #"{"sql":"SELECT 1","row_limit":N}"#),
                ("/admin/sql", #"{"sql":"SELECT 1","time_limit":N}"#),
                ("/admin/sql", #"{"sql":"SELECT N, abs(N), round(N), printf('%d', N)"}"#),
            ])
        func bodies(_ path: String, _ body: String) async throws {
            for number in Self.numbers {
                let body = body.replacing("N", with: number)
                let reply = try await service.send(.post, path, body, as: .admin)
                #expect(reply.status.code < 500, "\(path) \(body): \(reply.text)")
                #expect(!reply.text.contains("nan") && !reply.text.contains(":inf"), "\(body): \(reply.text)")
            }
        }

        @Test(
            "15.5: no number in a header traps",
            arguments: ["If-None-Match", "Range", "Idempotency-Key", "Last-Event-ID", "If-Modified-Since"])
        func headers(_ name: String) async throws {
            let field = try #require(HTTPField.Name(name))
            for number in Self.numbers {
                for value in [number, "\"\(number)\"", "bytes=\(number)-\(number)"] {
                    let reply = try await service.get("/movies", headers: [field: value])
                    #expect(reply.status.code < 500, "\(name): \(value)")
                }
            }
        }
    }
}

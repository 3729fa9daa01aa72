import Foundation
import HTTPTypes
import Hummingbird

/// Answers a method that a path does not have with 405 and those that it has, as the description of the interface tells them.
struct OtherMethods {
    private let methods: [String: [String]]

    private struct Description: Decodable {
        let paths: [String: [String: Ignored]]

        struct Ignored: Decodable {
            init(from decoder: any Decoder) {}
        }
    }

    /// - Parameter description: OpenAPI, as JSON.
    init(_ description: Data) throws {
        methods = try JSONDecoder().decode(Description.self, from: description).paths.mapValues { operations in
            operations.keys.map { $0.uppercased() }.filter { name in
                HTTPRequest.Method.standard.contains { $0.rawValue == name }
            }
        }
    }

    func add(to router: RouterGroup<ServiceContext>) {
        for (path, methods) in methods {
            let allowed = (methods + (methods.contains("GET") ? ["HEAD"] : [])).sorted().joined(separator: ", ")
            let route = path.split(separator: "/").map { part in
                part.hasPrefix("{") ? ":\(part.dropFirst().dropLast())" : String(part)
            }.joined(separator: "/")
            for method in HTTPRequest.Method.standard where !methods.contains(method.rawValue) {
                router.on(RouterPath(route), method: method) { _, _ -> Response in
                    throw Problem(.methodNotAllowed, "this path has \(allowed)").with(.allow, allowed)
                }
            }
        }
    }
}

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Platform

/// The dashboard, its files, and the description of the interface; all read when the service starts.
struct PageRoutes {
    private let files: [String: File]
    /// OpenAPI, as JSON.
    let description: Data

    private struct File: Sendable {
        let bytes: ByteBuffer
        let type: String
        let tag: String
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml", "json": "application/json",
    ]
    private static let bundle = "Kindred_Service.resources"

    /// - Throws: `ServiceError.resources` where the folder beside the program is missing.
    init() throws {
        let root = Bundle.main.bundleURL.appendingPathComponent(Self.bundle).appendingPathComponent("Resources")
        var files: [String: File] = [:]
        for folder in ["Dashboard", "Libraries", "."] {
            let names =
                (try? FileManager.default.contentsOfDirectory(
                    at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)) ?? []
            for url in names {
                guard let type = Self.types[url.pathExtension], let data = try? Data(contentsOf: url) else { continue }
                let digest = Array(sha256(data).prefix(8)).hexadecimal
                files[url.lastPathComponent] = File(bytes: ByteBuffer(bytes: data), type: type, tag: "W/\"\(digest)\"")
            }
        }
        guard files["index.html"] != nil, let description = files["openapi.json"] else {
            throw ServiceError.resources(folder: root.path)
        }
        self.files = files
        self.description = Data(description.bytes.readableBytesView)
    }

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("/") { request, _ in try respond(request, "index.html") }
        router.get("catalog/page") { request, _ in try respond(request, "catalog.html") }
        router.get("openapi.json") { request, _ in try respond(request, "openapi.json") }
        router.get("assets/:name") { request, context in try respond(request, context.id("name")) }
    }

    private func respond(_ request: Request, _ name: String) throws -> Response {
        guard let file = files[name] else { throw Problem.notFound("there is no file of this name") }
        let headers: HTTPFields = [.eTag: file.tag, .cacheControl: "no-cache", .contentType: file.type]
        if request.has(file.tag) || request.hasAny { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.bytes))
    }
}

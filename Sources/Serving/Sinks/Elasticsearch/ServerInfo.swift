import FileOutput
package import Foundation

/// What a server says of itself: `GET /`.
public struct ServerInfo: Sendable, Equatable {
    public enum Product: String, Sendable {
        case elasticsearch = "Elasticsearch", opensearch = "OpenSearch"
    }

    public let product: Product
    /// Such as 8.15.3.
    public let version: String
    public let cluster: String

    private struct Answer: Decodable {
        struct Version: Decodable {
            let number: String
            let distribution: String?
        }
        let version: Version
        let cluster_name: String?
    }

    /// - Throws: `ElasticsearchError.configuration` for what is neither Elasticsearch from 7 on nor OpenSearch.
    package init(_ body: Data, of url: String) throws(ElasticsearchError) {
        guard let answer = try? ForeignJSON.decode(Answer.self, from: body),
            let major = Int(answer.version.number.prefix { $0 != "." })
        else {
            let start = String(decoding: body.prefix(60), as: UTF8.self)
            throw .configuration(
                "\(url): the server is no Elasticsearch, it answers \"\(start)\"", remedy: "Check the address.")
        }
        product = answer.version.distribution == "opensearch" ? .opensearch : .elasticsearch
        version = answer.version.number
        cluster = answer.cluster_name ?? ""
        guard product == .opensearch || major >= 7 else {
            throw .configuration(
                "\(url): the server is Elasticsearch \(version)", remedy: "Expected 7, 8, 9 or OpenSearch.")
        }
        speaksCompatibly = product == .elasticsearch && major >= 8
    }

    /// Whether the server takes the media types that keep a later major version to the API of version 8.
    private let speaksCompatibly: Bool

    /// The media type of bodies.
    package func mediaType(_ format: BodyFormat) -> String {
        speaksCompatibly
            ? "application/vnd.elasticsearch+\(format.rawValue);compatible-with=8" : "application/\(format.rawValue)"
    }
}

/// One document of JSON, or one on each line.
package enum BodyFormat: String {
    case json, lines = "x-ndjson"
}

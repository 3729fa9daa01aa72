import FileOutput

/// One document that is written or removed, as its lines in the body of `_bulk`.
///
/// The version is the writer's own (`external_gte`): what is older than the document in the index changes nothing, and what
/// comes twice changes nothing the second time.
public struct BulkOperation: Sendable, Equatable {
    public enum Action: String, Sendable { case index, delete }

    public let action: Action
    /// The action and, on the next line, the document; each line has its break.
    package let lines: [UInt8]

    /// - Parameters:
    ///   - alias: through which is written; it has to be there.
    ///   - id: 1 to 512 bytes.
    ///   - document: an object of JSON on one line; nil removes what has the id.
    public init(alias: String, id: String, version: Int64, document: [UInt8]?) {
        action = document == nil ? .delete : .index
        var lines: [UInt8] = []
        lines.reserveCapacity(alias.utf8.count + id.utf8.count + (document?.count ?? 0) + 96)
        lines.append(contentsOf: document == nil ? "{\"delete\":{\"_index\":".utf8 : "{\"index\":{\"_index\":".utf8)
        lines.append(json: alias)
        lines.append(contentsOf: ",\"_id\":".utf8)
        lines.append(json: id)
        lines.append(contentsOf: ",\"version\":".utf8)
        lines.append(decimal: version)
        lines.append(contentsOf: ",\"version_type\":\"external_gte\"}}\n".utf8)
        if let document {
            lines.append(contentsOf: document)
            lines.append(UInt8(ascii: "\n"))
        }
        self.lines = lines
    }

    /// The lines as one object of JSON: what was asked for, and the document.
    fileprivate var parts: (action: [UInt8], document: [UInt8]?) {
        let parts = lines.split(separator: UInt8(ascii: "\n"))
        return (Array(parts[0]), parts.count > 1 ? Array(parts[1]) : nil)
    }
}

/// A document that the server will never take, and why.
public struct DeadLetter: Sendable, Equatable, CustomStringConvertible {
    public let operation: BulkOperation
    public let status: Int
    /// Such as `strict_dynamic_mapping_exception`.
    public let type: String
    /// What the server says.
    public let reason: String

    public var description: String {
        let action = String(decoding: operation.parts.action, as: UTF8.self)
        return "the server answers \(status) to \(action): \(type.isEmpty ? "" : type + ", ")\(reason)".visible()
    }

    /// A line of JSON: when it was rejected, status, type, reason, the action, and the document where there is one.
    ///
    /// - Parameter time: seconds since 1970.
    public func line(at time: Int64) -> [UInt8] {
        let parts = operation.parts
        var line = Array(
            ("{\"rejected_at\":\(time),\"status\":\(status),\"type\":\(type.jsonQuoted),\"reason\":\(reason.jsonQuoted),"
                + "\"action\":").utf8)
        line += parts.action
        if let document = parts.document { line += Array(",\"document\":".utf8) + document }
        return line + Array("}\n".utf8)
    }
}

/// What became of the operations of a bulk.
public struct BulkOutcome: Sendable, Equatable {
    /// Written, removed, or in the index already in this version or a later one.
    public var done = 0
    /// What the server will never take.
    public var rejected: [DeadLetter] = []
    /// How often an operation was sent once more.
    public var retries = 0
    public var requests = 0
    /// Bytes of bodies, before compression.
    public var bytes = 0

    public init() {}

    public static func += (a: inout BulkOutcome, b: BulkOutcome) {
        a.done += b.done
        a.rejected += b.rejected
        a.retries += b.retries
        a.requests += b.requests
        a.bytes += b.bytes
    }
}

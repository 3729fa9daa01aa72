import Foundation
public import Logging

/// Log lines as JSON objects on standard error, one a line, for whatever gathers them. Logging neither waits nor fails: see
/// `LineWriter`.
public struct JSONLog: LogHandler {
    public var metadata: Logger.Metadata = [:]
    public var logLevel = Logger.Level.info
    private let label: String

    public init(label: String) { self.label = label }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let metadata = metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
        LineWriter.standardError.append(
            Self.line(level: event.level, "\(event.message)", logger: label, metadata: metadata))
    }

    /// A line for a person, among those of the log.
    public static func message(_ text: String) { LineWriter.standardError.append(Array((text + "\n").utf8)) }

    static func line(
        level: Logger.Level, _ message: String, logger: String, metadata: Logger.Metadata
    ) -> [UInt8] {
        var line = ["level": level.rawValue, "message": message, "logger": logger]
        line["time"] = Date().formatted(.iso8601.time(includingFractionalSeconds: true))
        for (name, value) in metadata { line[name == "hb.request.id" ? "request_id" : name] = "\(value)" }
        // Strings alone, which can always be encoded.
        return ((try? encoder.encode(line)) ?? Data()) + Array("\n".utf8)
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}

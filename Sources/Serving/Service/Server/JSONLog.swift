import Foundation
public import Logging
import Synchronization

/// Log lines as JSON objects on standard error, one a line, for whatever gathers them.
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
        var line = ["level": event.level.rawValue, "message": "\(event.message)", "logger": label]
        line["time"] = Date().formatted(.iso8601.time(includingFractionalSeconds: true))
        for (name, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
            line[name == "hb.request.id" ? "request_id" : name] = "\(value)"
        }
        guard let data = try? Self.encoder.encode(line) else { return }
        Self.output.withLock { $0.write(data + Data("\n".utf8)) }
    }

    private static let output = Mutex(FileHandle.standardError)
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}

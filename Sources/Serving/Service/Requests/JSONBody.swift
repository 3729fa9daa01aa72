import FileOutput
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the JSON body of a request, within a limit of size; that of time is in `RequestDeadline`.
struct JSONBody: Sendable {
    /// Bytes.
    let sizeLimit: Int
    let work: HeavyWork
    /// Bytes above which decoding is worth a thread of its own.
    private static let large = 4_096

    init(sizeLimit: Int, work: HeavyWork) {
        self.sizeLimit = sizeLimit
        self.work = work
    }

    func read<Value: Decodable & Sendable>(_ type: Value.Type, of request: Request) async throws -> (
        value: Value, bytes: Data
    ) {
        let mediaType = request.headers[.contentType]?.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        guard mediaType?.lowercased() == "application/json" else {
            throw Problem(.unsupportedMediaType, "the body has to be JSON, with Content-Type: application/json")
        }
        let bytes = Data(try await collect(request).readableBytesView)
        let value =
            bytes.count < Self.large
            ? try Self.decode(type, bytes) : try await work.run { try Self.decode(type, bytes) }
        return (value, bytes)
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: Data) throws -> Value {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Problem.badRequest("the body is not UTF-8")
        }
        do {
            return try ForeignJSON.decode(type, from: bytes)
        } catch let error as DecodingError {
            throw Problem(decoding: error)
        }
    }

    private func collect(_ request: Request) async throws -> ByteBuffer {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > sizeLimit { throw tooLarge }
        var bytes = ByteBuffer()
        for try await var piece in request.body {
            guard bytes.readableBytes + piece.readableBytes <= sizeLimit else { throw tooLarge }
            bytes.writeBuffer(&piece)
        }
        return bytes
    }

    private var tooLarge: Problem { Problem(.contentTooLarge, "the body is larger than \(sizeLimit) bytes") }
}

extension Problem {
    /// What JSON it is that does not fit, and where.
    fileprivate init(decoding error: DecodingError) {
        let (context, detail): (DecodingError.Context, String) =
            switch error {
            case .keyNotFound(let key, let context): (context, "the field \"\(key.stringValue)\" is missing")
            case .typeMismatch(_, let context), .valueNotFound(_, let context):
                (context, "the value is of another type, or null")
            case .dataCorrupted(let context):
                (
                    context,
                    context.codingPath.isEmpty
                        ? "the body is not JSON, or has a number that no field holds" : context.debugDescription
                )
            @unknown default:
                (DecodingError.Context(codingPath: [], debugDescription: ""), "the body is not as it should be")
            }
        let pointer = context.codingPath.map { "/" + ($0.intValue.map(String.init) ?? $0.stringValue) }.joined()
        self.init(.badRequest, detail, errors: [Field(pointer: pointer, detail: detail)])
    }
}

extension Decoder {
    /// The fields of an object that has no others: a misspelled one would do nothing.
    func fields<Key: CodingKey & CaseIterable>(_ keys: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let known = Set(keys.allCases.map(\.stringValue))
        let given = try container(keyedBy: AnyKey.self).allKeys
        if let unknown = given.map(\.stringValue).sorted().first(where: { !known.contains($0) }) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath + [AnyKey(stringValue: unknown)],
                    debugDescription: "there is no such field here; there is \(known.sorted().joined(separator: ", "))")
            )
        }
        return try container(keyedBy: keys)
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

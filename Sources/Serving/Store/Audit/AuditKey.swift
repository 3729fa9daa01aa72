import FileOutput
import Foundation
import Platform

/// The key of a store's audit: 32 random bytes in a file beside the store, for its owner alone.
///
/// It is not in the store, so that who can write the store and no more can neither continue the chain nor tell whom an entry is about.
struct AuditKey {
    private let bytes: [UInt8]

    /// `STORE-audit.key`, beside the file that a symbolic link leads to.
    static func path(ofStoreAt path: String) -> String { StoreFile(path).location + "-audit.key" }

    /// - Throws: `StoreError` where there is a file and it is no key.
    /// - Returns: nil where there is no file.
    init?(ofStoreAt path: String) throws(StoreError) {
        let place = Self.path(ofStoreAt: path)
        guard FileKind(place) != .missing else { return nil }
        guard let text = try? String(contentsOfFile: place, encoding: .utf8) else {
            throw .notPermitted(path: place, detail: "the key of the audit cannot be read")
        }
        let digits = text.trimmingCharacters(in: .newlines).utf8
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { place in
            UInt8(String(decoding: digits.dropFirst(place).prefix(2), as: UTF8.self), radix: 16)
        }
        guard digits.count == 64, bytes.count == 32 else {
            throw .damaged(path: place, detail: "a key of an audit has 64 hexadecimal digits")
        }
        self.bytes = bytes
    }

    /// A new one, in a new file.
    init(creatingForStoreAt path: String) throws(StoreError) {
        let place = Self.path(ofStoreAt: path)
        var generator = SystemRandomNumberGenerator()
        bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        if let problem = createPrivateFile(place) { throw .notPermitted(path: place, detail: problem) }
        do {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: place))
            defer { try? file.close() }
            try file.write(contentsOf: Data((bytes.hexadecimal + "\n").utf8))
            try file.synchronize()
        } catch {
            try? FileManager.default.removeItem(atPath: place)
            throw .notPermitted(path: place, detail: error.localizedDescription)
        }
    }

    /// The keyed hash of a list of texts, each with its length before it and with a name for what they are, so that no two lists have the
    /// same bytes; nil is none.
    func hash(_ kind: String, _ texts: [String?]) -> Data {
        let framed = ([kind] + texts).map { text in text.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined()
        return Data(hmacSHA256(Data(framed.utf8), key: bytes))
    }

    /// Whom an entry is about, instead of the id. Under a key of 32 zeros that of the user `u` starts with `e969974b3c66b8c6`.
    func subject(_ user: String) -> String { [UInt8](hash("subject", [user])).hexadecimal }
}

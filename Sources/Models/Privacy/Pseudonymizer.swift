public import Foundation
import Platform

/// Turns ids of users into pseudonyms, which nobody without the key can turn back or make of an id that they know.
///
/// A pseudonym is the first 16 bytes of HMAC-SHA-256 of the id, in hexadecimal. Of several keys each is applied to what the one
/// before has made: a store whose key is changed has its pseudonyms only, and whoever imports into it from then on applies both.
///
/// With a key of 32 bytes 0x0b the id `7` has the pseudonym `47f72ae6d61f38e4453a01c469cc109c`.
public struct Pseudonymizer: Sendable {
    /// 32 or more bytes that are secret.
    public struct Key: Sendable {
        fileprivate let bytes: Data

        public static let fewestBytes = 32

        /// nil for fewer bytes.
        public init?(_ bytes: Data) {
            guard bytes.count >= Self.fewestBytes else { return nil }
            self.bytes = bytes
        }

        /// Tells the key from others and nothing more of it: 16 hexadecimal digits.
        public var fingerprint: String {
            Array(hmacSHA256(Array("kindred pseudonym key".utf8), key: bytes).prefix(8)).hexadecimal
        }
    }

    private let keys: [Key]

    /// - Parameter keys: in the order in which they are applied; at least one.
    public init(_ keys: [Key]) {
        precondition(!keys.isEmpty, "a pseudonym needs a key")
        self.keys = keys
    }

    /// Those of the keys, in their order.
    public var fingerprints: [String] { keys.map(\.fingerprint) }

    /// Tells these keys in this order from others.
    public var fingerprint: String { fingerprints.joined(separator: "-") }

    public func pseudonym(of id: String) -> String { pseudonyms(of: id).last ?? id }

    /// What an id was called under the first key, the first two, and so on to all of them.
    public func pseudonyms(of id: String) -> [String] {
        var name = id
        return keys.map { key in
            name = Array(hmacSHA256(Array(name.utf8), key: key.bytes).prefix(16)).hexadecimal
            return name
        }
    }

    /// Whether text has the form of a pseudonym: 32 hexadecimal digits in lower case.
    public static func isPseudonym(_ text: String) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}

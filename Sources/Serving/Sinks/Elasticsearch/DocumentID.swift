import Foundation
import Platform

/// Ids of documents: the same for the same thing, and different for different ones.
package enum DocumentID {
    /// The most bytes that Elasticsearch takes.
    package static let longest = 512

    /// The id itself; where it is too long `sha256:` and its checksum.
    package static func of(_ id: String) -> String {
        id.utf8.count <= longest ? id : "sha256:" + sha256(Data(id.utf8)).hexadecimal
    }

    /// Parts with colons between them: `1:242`. Colons and percent signs within are encoded, so that `a:b` and `c` are not `a` and
    /// `b:c`: `a%3Ab:c`. Where that is too long it is its SHA-256, which has no colon.
    package static func of(_ parts: String...) -> String {
        let id = parts.map(encoded).joined(separator: ":")
        return id.utf8.count <= longest ? id : sha256(Data(id.utf8)).hexadecimal
    }

    private static func encoded(_ part: String) -> String {
        guard part.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "%") }) else { return part }
        return part.replacing("%", with: "%25").replacing(":", with: "%3A")
    }
}

import Foundation
public import Store

/// A rating, an item or a user as a message: JSON that `docs/streams.md` describes.
public struct PublishedMessage: Sendable, Equatable {
    public let kind: MessageKind
    /// Messages of one key stay in their order: that of a rating, the id of the item, or that of the user.
    public let key: String
    /// Such as `{"user_id":"1","item_id":"242","rating":3,"timestamp":881250949}`; nil for a rating that is removed.
    public let json: String?

    public init(_ change: StreamChange) {
        switch change {
        case .rate(let event):
            kind = .ratings
            key = RatingKey.text(user: event.user, item: event.item)
            let time = event.time.map { ",\"timestamp\":\($0)" } ?? ""
            json =
                "{\"user_id\":\(Self.quoted(event.user)),\"item_id\":\(Self.quoted(event.item)),"
                + "\"rating\":\(Self.shortest(event.value))\(time)}"
        case .remove(let user, let item):
            kind = .ratings
            key = RatingKey.text(user: user, item: item)
            json = nil
        case .item(let item):
            kind = .items
            key = item.id
            let title = item.title.map { ",\"title\":\(Self.quoted($0))" } ?? ""
            json =
                "{\"item_id\":\(Self.quoted(item.id))\(title),"
                + "\"genres\":[\(item.genres.map(Self.quoted).joined(separator: ","))]}"
        case .user(let user):
            kind = .users
            key = user.id
            let attributes = user.attributes.sorted { $0.key < $1.key }.map {
                ",\(Self.quoted($0.key)):\(Self.quoted($0.value))"
            }
            json = "{\"user_id\":\(Self.quoted(user.id))\(attributes.joined())}"
        }
    }

    /// Without a fraction where it is whole: 3, 3.5.
    private static func shortest(_ value: Float) -> String {
        value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
    }

    /// A JSON string (RFC 8259): quotes, backslashes and control characters are escaped.
    static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            return "\"\(text)\""
        }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// What the messages of a topic tell.
public enum MessageKind: String, Sendable, CaseIterable {
    case ratings, items, users

    /// What a message calls its kind and version in the header `kindred-schema`.
    public var schema: String {
        switch self {
        case .ratings: "rating/1"
        case .items: "item/1"
        case .users: "user/1"
        }
    }

    /// The name of the header that says which schema a message follows.
    public static let schemaHeader = "kindred-schema"
}

/// The key of a rating's messages: `user:item`, or JSON where one of the two ids has a colon of its own.
///
/// Messages of a key keep their order, so that a rating and the tombstone that removes it have to have the same.
public enum RatingKey {
    public static func text(user: String, item: String) -> String {
        guard user.contains(":") || item.contains(":") || user.hasPrefix("{") else { return "\(user):\(item)" }
        return "{\"user_id\":\(quoted(user)),\"item_id\":\(quoted(item))}"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

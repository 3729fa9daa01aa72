import FileOutput
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
                "{\"user_id\":\(event.user.jsonQuoted),\"item_id\":\(event.item.jsonQuoted),"
                + "\"rating\":\(Self.shortest(event.value))\(time)}"
        case .remove(let user, let item):
            kind = .ratings
            key = RatingKey.text(user: user, item: item)
            json = nil
        case .item(let item):
            kind = .items
            key = item.id
            let title = item.title.map { ",\"title\":\($0.jsonQuoted)" } ?? ""
            json =
                "{\"item_id\":\(item.id.jsonQuoted)\(title),"
                + "\"genres\":[\(item.genres.map(\.jsonQuoted).joined(separator: ","))]}"
        case .user(let user):
            kind = .users
            key = user.id
            let attributes = user.attributes.sorted { $0.key < $1.key }.map {
                ",\($0.key.jsonQuoted):\($0.value.jsonQuoted)"
            }
            json = "{\"user_id\":\(user.id.jsonQuoted)\(attributes.joined())}"
        }
    }

    /// Without a fraction where it is whole: 3, 3.5.
    private static func shortest(_ value: Float) -> String {
        value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
    }
}

import Foundation
import RatingFiles
import Store

/// What the objects of an API say, by the names of their fields.
struct APIRecords {
    private var fields = MessageFields()

    /// A rating has a user, an item and a value; an item a title and no user; a user neither item nor title.
    ///
    /// - Returns: nil for what is none of them.
    mutating func change(_ value: MessageValue) -> StreamChange? {
        guard case .object(let object) = value else { return nil }
        let (user, item) = (fields.find(.user, in: object), fields.find(.item, in: object))
        let (userID, itemID) = (user?.value.idOrInner, item?.value.idOrInner)
        let title = MessageFields.titles.lazy.compactMap { object[$0]?.flat }.first { !$0.isEmpty }
        if let userID, let itemID, let rating = fields.find(.rating, in: object)?.value.number {
            let time = fields.find(.timestamp, in: object)?.value.time
            return .rate(RatingEvent(user: userID, item: itemID, value: Float(rating), time: time))
        }
        let id = object["id"]?.id
        if user == nil, let id = itemID ?? id, let title {
            let genres = MessageFields.genres.lazy.compactMap { object[$0] }.first
            return .item(ItemFacts(id: id, title: title, genres: Self.names(genres)))
        }
        guard item == nil, title == nil, let id = userID ?? id else { return nil }
        let others = object.filter { $0.key != user?.name && $0.key != "id" }.compactMapValues(\.flat)
        return .user(UserFacts(id: id, attributes: others))
    }

    /// A list of names or of objects that have one, or text with bars between them.
    private static func names(_ value: MessageValue?) -> [String] {
        switch value {
        case .text(let text): text.split(separator: "|").map(String.init)
        case .list(let values):
            values.compactMap { if case .object(let fields) = $0 { fields["name"]?.flat } else { $0.flat } }
        default: []
        }
    }
}

extension MessageValue {
    /// The id, or that of an object that stands in its place: `{"user": {"id": 7}}`.
    fileprivate var idOrInner: String? {
        if case .object(let fields) = self { fields["id"]?.id } else { id }
    }

    /// Seconds since 1970, or a finer unit as it is: a number, or a moment such as `1998-04-03T12:00:00Z`.
    fileprivate var time: Int64? {
        if let number { return Int64(exactly: number.rounded(.down)) }
        guard case .text(let text) = self, let date = try? Date(text, strategy: .iso8601) else { return nil }
        return Int64(date.timeIntervalSince1970)
    }
}

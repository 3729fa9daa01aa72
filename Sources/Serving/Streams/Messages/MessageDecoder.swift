package import Foundation
internal import RatingFiles
internal import Ratings
package import Store

/// Why a message says nothing: the field, the value, the remedy.
package struct MessageFault: Error, Equatable {
    package let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Reads what messages say. `docs/streams.md` describes them, and `docs/schemas` has a JSON Schema for each kind.
///
/// A message is one object or a list of them, as an array or within an object as `{"ratings": […]}`, whose other fields hold for
/// each of the list. A message without a value is a tombstone, which removes the rating of its key.
package struct MessageDecoder {
    /// What comes with the value.
    package struct Envelope {
        package var kind = MessageKind.ratings
        /// The header `kindred-schema`; it says what the message is, whatever the topic.
        package var schema: String?
        package var key: Data?
        /// Milliseconds since 1970; the time of a rating that has none of its own.
        package var time: Int64?

        package init(
            kind: MessageKind = .ratings, schema: String? = nil, key: Data? = nil, time: Int64? = nil
        ) {
            (self.kind, self.schema, self.key, self.time) = (kind, schema, key, time)
        }
    }

    private typealias Object = [String: MessageValue]

    private let decoder = JSONDecoder()
    private var fields = MessageFields()

    package init() {}

    /// - Parameter value: nil for a tombstone.
    package mutating func changes(of value: Data?, _ envelope: Envelope) throws(MessageFault) -> [StreamChange] {
        let kind = try Self.kind(envelope)
        guard let value else { return [try removal(kind, envelope.key)] }
        var changes: [StreamChange] = []
        for object in try objects(value, kind) { changes.append(try change(object, kind, envelope)) }
        return changes
    }

    private static func kind(_ envelope: Envelope) throws(MessageFault) -> MessageKind {
        guard let schema = envelope.schema else { return envelope.kind }
        guard let kind = MessageKind.allCases.first(where: { $0.schema == schema }) else {
            let known = MessageKind.allCases.map(\.schema).joined(separator: ", ")
            throw MessageFault("schema \"\(schema.prefix(40))\" is not known; known are \(known)")
        }
        return kind
    }

    // MARK: - Tombstones

    private mutating func removal(_ kind: MessageKind, _ key: Data?) throws(MessageFault) -> StreamChange {
        guard kind == .ratings else {
            throw MessageFault("the value is null, which removes a rating; \(kind.rawValue) are not removed")
        }
        let text = String(decoding: key ?? Data(), as: UTF8.self)
        if let key, text.hasPrefix("{"), case .object(let object) = MessageValue(key, by: decoder) {
            return .remove(user: try id(.user, object), item: try id(.item, object))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw MessageFault(
                "the value is null and the key \"\(text.prefix(60))\" names no rating; send the key user:item")
        }
        return .remove(user: parts[0], item: parts[1])
    }

    // MARK: - Objects

    /// The objects of a message, each with the fields that hold for all.
    private func objects(_ value: Data, _ kind: MessageKind) throws(MessageFault) -> [Object] {
        guard let whole = MessageValue(value, by: decoder) else {
            let remedy =
                value.first == 0 ? "it begins as Avro does, and JSON is read" : "send UTF-8 text of at most 64 levels"
            throw MessageFault("the value is no JSON; \(remedy)")
        }
        switch whole {
        case .list(let list): return try Self.objects(list)
        case .object(let object):
            for name in Self.lists(of: kind) {
                guard case .list(let list)? = object[name] else { continue }
                var shared = object
                shared[name] = nil
                return try Self.objects(list).map { $0.merging(shared) { own, _ in own } }
            }
            return [object]
        default: throw MessageFault("the value is \(whole.quoted); send an object or a list of objects")
        }
    }

    private static func objects(_ list: [MessageValue]) throws(MessageFault) -> [Object] {
        var objects: [Object] = []
        for (place, value) in list.enumerated() {
            guard case .object(let object) = value else {
                throw MessageFault("entry \(place + 1) of the list is \(value.quoted); send objects")
            }
            objects.append(object)
        }
        return objects
    }

    /// The names of a list within an object.
    package static func lists(of kind: MessageKind) -> [String] {
        switch kind {
        case .ratings: ["ratings", "events"]
        case .items: ["items", "movies", "films"]
        case .users: ["users"]
        }
    }

    private mutating func change(
        _ object: Object, _ kind: MessageKind, _ envelope: Envelope
    ) throws(MessageFault) -> StreamChange {
        switch kind {
        case .ratings:
            .rate(
                RatingEvent(
                    user: try id(.user, object), item: try id(.item, object), value: try rating(object),
                    time: try time(object) ?? envelope.time.map { $0 / 1_000 }))
        case .items:
            .item(
                ItemFacts(
                    id: try idField(.item, object, or: "id").id, title: Self.title(object),
                    genres: try Self.genres(object)))
        case .users: .user(try user(object))
        }
    }

    // MARK: - Fields

    private mutating func id(_ role: ColumnRole, _ object: Object) throws(MessageFault) -> String {
        try idField(role, object).id
    }

    /// - Parameter short: another name for it where nothing else is told.
    private mutating func idField(
        _ role: ColumnRole, _ object: Object, or short: String? = nil
    ) throws(MessageFault) -> (name: String, id: String) {
        let plain = short.flatMap { name in object[name].map { (name, $0) } }
        guard let (name, value) = fields.find(role, in: object) ?? plain else {
            throw MessageFault("\(Self.names(role)[0]) is missing; \(Self.advice(role))")
        }
        guard let id = value.id else { throw MessageFault("\(name) is \(value.quoted); send text or a whole number") }
        return (name, id)
    }

    private mutating func rating(_ object: Object) throws(MessageFault) -> Float {
        guard let (name, value) = fields.find(.rating, in: object) else {
            throw MessageFault("rating is missing; \(Self.advice(.rating))")
        }
        guard let number = value.number, RatingScale.widest.contains(Float(number)) else {
            throw MessageFault("\(name) is \(value.quoted); send a number such as 4.5")
        }
        return Float(number)
    }

    /// Seconds since 1970.
    private mutating func time(_ object: Object) throws(MessageFault) -> Int64? {
        guard let (name, value) = fields.find(.timestamp, in: object), value != .null else { return nil }
        if case .integer(let time) = value { return Timestamps.seconds(time) }
        if let number = value.number, let time = Int64(exactly: number.rounded(.down)) {
            return Timestamps.seconds(time)
        }
        if case .text(let text) = value, let time = Self.moment(text) { return time }
        throw MessageFault("\(name) is \(value.quoted); send seconds since 1970 or text such as 1997-12-04T15:55:49Z")
    }

    private static func moment(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        return Moment.seconds(bytes.span, 0..<bytes.count)
    }

    private static func title(_ object: Object) -> String? {
        MessageFields.titles.lazy.compactMap { object[$0]?.flat }.first { !$0.isEmpty }
    }

    /// A list, or text with `|` between them.
    private static func genres(_ object: Object) throws(MessageFault) -> [String] {
        guard let name = MessageFields.genres.first(where: { object[$0] != nil }), let value = object[name] else {
            return []
        }
        var genres: [String] = []
        switch value {
        case .null: break
        case .text(let text): genres = text.split(separator: "|").map(String.init)
        case .list(let list):
            for entry in list {
                guard case .text(let genre) = entry else {
                    throw MessageFault("\(name) has \(entry.quoted); send a list of text or text such as Comedy|Drama")
                }
                genres.append(genre)
            }
        default: throw MessageFault("\(name) is \(value.quoted); send a list of text or text such as Comedy|Drama")
        }
        return genres.filter { !$0.isEmpty && $0 != "(no genres listed)" }
    }

    /// Other fields of one value each are the attributes.
    private mutating func user(_ object: Object) throws(MessageFault) -> UserFacts {
        let field = try idField(.user, object, or: "id")
        let others = object.filter { $0.key != field.name }.compactMapValues(\.flat)
        return UserFacts(id: field.id, attributes: others)
    }

    private static func names(_ role: ColumnRole) -> [String] { MessageFields.documented[role] ?? [role.rawValue] }

    private static func advice(_ role: ColumnRole) -> String {
        "send one of \(names(role).prefix(4).joined(separator: ", "))"
    }
}

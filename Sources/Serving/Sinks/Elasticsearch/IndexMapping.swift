import FileOutput
package import Foundation

/// The fields of an index: a document with any other is refused (`dynamic: strict`).
package enum IndexMapping {
    /// Types of Elasticsearch.
    package enum FieldType {
        case keyword, integer, short, long, float, halfFloat
        /// Seconds since 1970, or ISO 8601.
        case date
        /// Words; whole, to sort by and count; and as typed so far.
        case title

        fileprivate var json: String {
            switch self {
            case .keyword: #"{"type":"keyword"}"#
            case .integer: #"{"type":"integer"}"#
            case .short: #"{"type":"short"}"#
            case .long: #"{"type":"long"}"#
            case .float: #"{"type":"float"}"#
            case .halfFloat: #"{"type":"half_float"}"#
            case .date: #"{"type":"date","format":"epoch_second||strict_date_optional_time"}"#
            case .title:
                #"{"type":"text","fields":{"keyword":{"type":"keyword","ignore_above":512},"suggest":{"type":"search_as_you_type"}}}"#
            }
        }
    }

    package static func fields(_ kind: IndexKind) -> [(name: String, type: FieldType)] {
        switch kind {
        case .items:
            [
                ("item_id", .keyword), ("title", .title), ("genres", .keyword), ("year", .short), ("ratings", .integer),
                ("mean_rating", .halfFloat),
            ]
        case .users:
            [("user_id", .keyword), ("community", .keyword), ("ratings", .integer), ("mean_rating", .halfFloat)]
        case .ratings:
            [
                ("user_id", .keyword), ("item_id", .keyword), ("rating", .halfFloat), ("@timestamp", .date),
                ("arrived", .date),
            ]
        case .recommendations:
            [
                ("user_id", .keyword), ("model", .keyword), ("item_id", .keyword), ("title", .keyword),
                ("genres", .keyword), ("rank", .short), ("score", .float), ("predicted_rating", .halfFloat),
                ("run", .long), ("@timestamp", .date),
            ]
        case .communities:
            [
                ("community", .keyword), ("size", .integer), ("conductance", .halfFloat), ("top_genres", .keyword),
                ("top_items", .keyword), ("run", .long), ("@timestamp", .date),
            ]
        case .edges:
            [("source", .keyword), ("target", .keyword), ("similarity", .halfFloat), ("support", .integer)]
        }
    }

    /// The body that makes an index which is loaded through an alias: it is not refreshed meanwhile, and has a copy where there
    /// is a second node.
    ///
    /// - Parameter key: the fingerprint of the key that users have pseudonyms by. An alias remembers it.
    package static func creation(_ index: IndexName, key: String? = nil) -> Data {
        let fields = fields(index.kind).map { "\($0.name.jsonQuoted):\($0.type.json)" }.joined(separator: ",")
        let aliases = [index.loadingAlias] + (key.map { [IndexName.keyAlias($0, prefix: index.prefix)] } ?? [])
        let names = aliases.map { "\($0.jsonQuoted):{}" }.joined(separator: ",")
        return Data(
            """
            {"settings":{"index":{"number_of_shards":"1","auto_expand_replicas":"0-1","refresh_interval":"-1"}},\
            "mappings":{"dynamic":"strict","properties":{\(fields)}},\
            "aliases":{\(names)}}
            """.utf8)
    }

    /// The body that ends loading: refreshed each second, also where nobody has searched for a while.
    package static let loaded = Data(#"{"index":{"refresh_interval":"1s"}}"#.utf8)
}

/// CSV files that the program writes, with what their columns hold. Tests validate written files against it.
package struct WrittenFile: Sendable {
    package let name: String
    package let definition: String
    package let columns: [Column]
    /// Columns that together are different in each row.
    package let key: [String]

    package struct Column: Sendable {
        package let name: String
        /// A data type of XML Schema: string, integer, nonNegativeInteger, decimal or double.
        package let type: String
        package let definition: String
        /// Whether each row has a value.
        package let isRequired: Bool
        package let least: Double?
        package let most: Double?

        init(
            _ name: String, _ type: String, _ definition: String, isRequired: Bool = true, least: Double? = nil,
            most: Double? = nil
        ) {
            (self.name, self.type, self.definition, self.isRequired) = (name, type, definition, isRequired)
            (self.least, self.most) = (least, most)
        }
    }

    private init(_ name: String, _ definition: String, key: [String], _ columns: [Column]) {
        (self.name, self.definition, self.key, self.columns) = (name, definition, key, columns)
    }

    package static let all = [ratings, users, edges, communities]

    /// The training data of a catalogue.
    package static let ratings = WrittenFile(
        "ratings.csv", "each user's newest rating of each item", key: ["user_id", "item_id"],
        [
            Column("user_id", "string", "id of the user, as in the source"),
            Column("item_id", "string", "id of the item, as in the source"),
            Column("rating", "double", "the rating, on the scale of the store"),
            Column("timestamp", "integer", "seconds since 1970, or empty", isRequired: false),
        ])

    private static let users = WrittenFile(
        "users.csv", "users of the graph of similar users", key: ["user_id"],
        [
            Column("user_id", "string", "id of the user, as in the source"),
            Column("ratings", "nonNegativeInteger", "number of ratings"),
            Column("mean_rating", "double", "mean of the user's ratings"),
            Column("degree", "nonNegativeInteger", "number of similar users"),
            Column("weighted_degree", "double", "sum of similarities"),
            Column("community", "nonNegativeInteger", "number of the community, from 0"),
        ])

    private static let edges = WrittenFile(
        "edges.csv", "pairs of similar users, each once", key: ["source", "target"],
        [
            Column("source", "string", "id of a user, as in the source"),
            Column("target", "string", "id of a similar user"),
            Column("similarity", "double", "by the measure of the graph", least: -1, most: 1),
            Column("support", "nonNegativeInteger", "number of items that both rated"),
        ])

    private static let communities = WrittenFile(
        "communities.csv", "groups of users who are more similar to each other than by chance", key: ["community"],
        [
            Column("community", "nonNegativeInteger", "number of the community, from 0"),
            Column("size", "nonNegativeInteger", "number of users"),
            Column("internal_weight", "double", "sum of similarities between its users"),
            Column("conductance", "double", "share of similarity that leads out of it", least: 0, most: 1),
            Column("top_items", "string", "titles of the most typical items", isRequired: false),
            Column("mean_rating", "double", "mean of its users' ratings"),
            Column("top_genres", "string", "the most typical genres", isRequired: false),
        ])
}

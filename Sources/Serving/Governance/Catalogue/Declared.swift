import Privacy
import Store

/// What is declared of tables and columns. Everything that the catalogue knows of people it knows from here.
extension Catalog {
    /// Values and groups of fewer people are not shown.
    static let smallestGroup = SmallestGroup().size

    /// Who answers for the data.
    static let owner = "operator of the store"

    /// Whether a column tells something of a single person. Everything does that is not declared otherwise.
    package static func personal(table: String, column: String) -> Bool {
        declared[table]?.first { $0.name == column }?.isPersonal ?? true
    }

    private static let declared = Dictionary(grouping: Inventory.elements.filter { $0.place == .store }, by: \.holder)

    /// Columns about people whose values do not say who it is: they are shown for groups of `smallestGroup` or more.
    static func showsGroups(table: String, column: String) -> Bool { grouped.contains("\(table).\(column)") }

    private static let grouped: Set = [
        "ratings.value", "ratings.time", "ratings.arrived", "rating_history.value", "rating_history.time",
        "user_attributes.name", "neighbors.similarity", "neighbors.support", "communities.community",
        "recommendations.model", "recommendations.predicted_rating", "recommendations.score",
    ]

    /// Columns of text with few values, none of which is anybody's: paths and ids are not among them.
    static let categories: Set = ["kind", "model", "metric", "stage", "name", "state", "users", "relation", "field"]

    /// How long the rows of a table stay.
    static func retention(of table: String) -> String {
        if AnalyticsView.all.contains(where: { $0.name == table }) { return "computed when asked" }
        let elements = declared[table] ?? []
        if !elements.isEmpty, !elements.contains(where: \.isPersonal), elements[0].retention == .untilErased {
            return "as long as the store"
        }
        return elements.first?.retention.text ?? "until the person is erased"
    }

    /// The unit of a column's values.
    static func unit(ofColumn column: String, definition: String) -> String? {
        if definition.contains("nanoseconds since 1970") { return "ns since 1970" }
        if definition.contains("seconds since 1970") { return "s since 1970" }
        switch column {
        case "value", "rating", "predicted_rating", "average", "bayesian_average", "above_mean": return "stars"
        case "seconds": return "s"
        case "bytes", "size": return "B"
        default: return nil
        }
    }
}

/// The views of the store: they keep nothing, and show what their tables hold.
extension Inventory {
    private static let everybody: [Reader] = [.read, .write, .admin, .operator]

    static let views: [Holding] = ofRatings + analytics

    private static let ofRatings: [Holding] =
        [
            .table(
                "rating_details", for: [.personalization], kept: .untilErased, readBy: [.admin, .operator],
                [.identifier: "user_id", .behavior: "item_id rating timestamp", .nothing: "title"])
        ]
        + [ProcessingPurpose.personalization, .analytics, .export].map { purpose in
            .table(
                "ratings_for_\(purpose.rawValue)", for: [purpose], kept: .untilErased, readBy: [.admin, .operator],
                [.identifier: "user", .behavior: "item value time arrived", .nothing: "seal"])
        }

    private static let analytics: [Holding] = [
        view("rating_distribution", [.nothing: "value ratings share"]),
        view("top_items", [.nothing: "id title ratings average"]),
        view("top_items_bayesian", [.nothing: "id title ratings bayesian_average"]),
        view("active_users", [.identifier: "id", .behavior: "ratings average first_time last_time"]),
        view("genre_preference", [.nothing: "genre ratings average above_mean"]),
        view("ratings_per_minute", [.nothing: "minute ratings average"]),
        view("ratings_per_hour", [.nothing: "hour ratings average"]),
        view("ratings_per_day", [.nothing: "day ratings average"]),
        view("user_activity", [.nothing: "month active_users ratings ratings_per_user"]),
        view("cold_items", [.nothing: "id title ratings average"]),
        view("ratings_per_minute_of_arrival", [.nothing: "minute ratings average"]),
    ]

    private static func view(_ name: String, _ kinds: KeyValuePairs<DataElement.Kind, String>) -> Holding {
        .table(name, for: [.analytics], kept: .untilErased, readBy: everybody, kinds)
    }
}

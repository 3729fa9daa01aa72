/// The tables of the store. A table more, or a column more, is declared here; the tests find what is not.
extension Inventory {
    /// What ratings are used for.
    private static let ratingPurposes: [ProcessingPurpose] = [
        .personalization, .analytics, .export, .streamLearning,
    ]
    private static let everybody: [Reader] = [.read, .write, .admin, .operator]
    private static let administrators: [Reader] = [.admin, .operator]

    static let store: [Holding] = people + items + intake + service + computed + governance

    private static let people: [Holding] = [
        .table(
            "users", for: ratingPurposes, kept: .untilErased, readBy: everybody,
            [.identifier: "user id", .nothing: "seal"]),
        .table(
            "user_attributes", for: [.personalization, .analytics], kept: .untilErased, readBy: everybody,
            [.identifier: "user", .attribute: "name value"]),
        .table(
            "ratings", for: ratingPurposes, kept: .untilErased, readBy: everybody,
            [.identifier: "user", .behavior: "item value time arrived", .nothing: "seal"]),
        .table(
            "rating_history", for: [.operation], kept: .untilErased, readBy: administrators,
            [.identifier: "user", .behavior: "item value time"]),
        .table(
            "changed_users", for: [.personalization], kept: .untilReplaced, readBy: administrators,
            [.identifier: "user", .nothing: "change"]),
    ]

    private static let items: [Holding] = [
        .table(
            "items", for: [.operation], kept: .untilErased, readBy: everybody,
            [.nothing: "item id title popularity seal"]),
        .table("genres", for: [.operation], kept: .untilErased, readBy: everybody, [.nothing: "genre name"]),
        .table("item_genres", for: [.operation], kept: .untilErased, readBy: everybody, [.nothing: "item genre"]),
        .table("item_words", for: [.operation], kept: .untilErased, readBy: everybody, [.nothing: "title genres"]),
        .table("item_trigrams", for: [.operation], kept: .untilErased, readBy: everybody, [.nothing: "title"]),
    ]

    private static let intake: [Holding] = [
        .table(
            "imports", for: [.accountability], kept: .untilErased, readBy: administrators,
            [
                .nothing: """
                import source checksum started finished rows_read rows_done kept duplicates malformed out_of_scale \
                impossible_times times_converted unknown_items is_told
                """
            ]),
        .table(
            "rejected_rows", for: [.operation], kept: .days(90), readBy: administrators,
            [.behavior: "text", .nothing: "import line reason"]),
        .table(
            "stream_offsets", for: [.operation], kept: .untilReplaced, readBy: administrators,
            [.nothing: "consumer_group topic partition next"]),
        // A reason quotes the value that was not taken.
        .table(
            "rejected_messages", for: [.operation], kept: .days(30), readBy: administrators,
            [.behavior: "bytes reason", .nothing: "topic partition offset arrived is_sent"]),
        .table(
            "watched_files", for: [.operation], kept: .untilReplaced, readBy: administrators,
            [.nothing: "path inode size modified offset checksum state reason"]),
        .table(
            "stream_errors", for: [.operation], kept: .days(365), readBy: everybody,
            [.nothing: "minute model users count squared_error absolute_error likes hits drifts"]),
        .table(
            "outbox", for: [.export], kept: .untilDelivered, readBy: administrators,
            [.identifier: "user", .behavior: "item written", .nothing: "entry"]),
        .table(
            "sinks", for: [.operation], kept: .untilReplaced, readBy: administrators,
            [.nothing: "sink acknowledged run load"]),
    ]

    private static let service: [Holding] = [
        .table(
            "api_keys", of: .staff, for: [.security], kept: .untilErased, readBy: administrators,
            [.identifier: "name", .attribute: "role created", .nothing: "hash"]),
        // A request under a key is kept as a checksum, which tells nobody what it was.
        .table(
            "idempotency_keys", of: .staff, for: [.operation], kept: .days(7), readBy: administrators,
            [.identifier: "key", .behavior: "created", .nothing: "request"]),
        .table("settings", for: [.operation], kept: .untilReplaced, readBy: administrators, [.nothing: "name value"]),
        .table("seals", for: [.security], kept: .untilReplaced, readBy: administrators, [.nothing: "name sha256"]),
        .table(
            "outputs", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.nothing: "output kind place written sha256 rows run holds_people"]),
    ]

    private static let computed: [Holding] = [
        .table(
            "runs", for: [.operation], kept: .untilErased, readBy: everybody,
            [
                .nothing: """
                run kind started seconds ratings options version compared_run changed_ratings token files seal
                """
            ]),
        .table(
            "run_metrics", for: [.operation], kept: .untilErased, readBy: everybody,
            [.nothing: "run model metric value"]),
        .table(
            "run_stages", for: [.operation], kept: .untilErased, readBy: everybody,
            [.nothing: "run place stage seconds"]),
        // `bytes` are the files of the snapshot, which are declared one by one.
        .table(
            "run_files", for: [.personalization], kept: .untilReplaced, readBy: administrators,
            [.derived: "bytes", .nothing: "name run sha256"]),
        .table(
            "neighbors", for: [.personalization], kept: .untilReplaced, readBy: everybody,
            [.identifier: "user neighbor", .derived: "place similarity support"]),
        .table(
            "communities", for: [.personalization], kept: .untilReplaced, readBy: everybody,
            [.identifier: "user", .derived: "community"]),
        .table(
            "recommendations", for: [.personalization], kept: .untilReplaced, readBy: everybody,
            [.identifier: "user", .derived: "model place item predicted_rating score", .nothing: "seal"]),
    ]
}

/// What the names of fields mean outside of the store: one name, one meaning at each kind of place.
struct Terms {
    struct Term {
        let kind: DataElement.Kind
        let meaning: String
    }

    private let terms: [String: Term]

    /// nil for a name that nobody has explained.
    subscript(name: String) -> Term? { terms[name] }

    private init(_ kinds: KeyValuePairs<DataElement.Kind, KeyValuePairs<String, String>>) {
        let all = kinds.flatMap { kind, terms in terms.map { ($0.key, Term(kind: kind, meaning: $0.value)) } }
        terms = Dictionary(all) { first, _ in first }
    }

    /// The terms that hold at a place.
    static func of(_ place: DataElement.Place) -> Terms {
        switch place {
        case .store, .file, .index: data
        case .topic: messages
        case .metric: labels
        case .log: lines
        }
    }

    // MARK: Labels, lines and messages

    private static let labels = Terms([
        .nothing: [
            "value": "the figure; its help text at /metrics says which", "method": "method of HTTP, or other",
            "route": "pattern of the route, without ids", "status": "status of the answer", "le": "end of a bucket",
            "source": "what ratings come from, by its name", "model": "the model", "result": "done or failed",
            "stage": "stage of a refresh", "users": "all, or new for users with few ratings before",
            "work": "what a neighbor list took", "kind": "kind of index", "outcome": "done or rejected",
            "sink": "what is kept in step with the store", "version": "version of the program",
            "time": "when it was measured", "metric": "name of the metric", "labels": "its labels",
        ]
    ])

    private static let lines = Terms([
        .nothing: [
            "level": "how serious it is", "message": "what happened", "logger": "what part tells it",
            "time": "when it was written", "request_id": "random number of a request", "method": "method of HTTP",
            "route": "pattern of the route, without ids", "status": "status of the answer",
            "seconds": "how long it took", "error": "what went wrong", "source": "what ratings come from, by its name",
            "sink": "what is kept in step with the store", "run": "number of the run",
            "stages": "what the time went into", "comparison_of_run": "run that compared the models",
            "changed_ratings": "ratings changed since then", "failures": "failures in a row",
            "next_attempt": "seconds until the next attempt",
            "next_attempt_seconds": "seconds until the next attempt", "dropped": "lines that could not be written",
            "folder": "the folder of metrics", "refusal": "status and type with which a document was refused",
            "entries": "changes that wait", "limit": "how many may", "acknowledged": "newest change that a sink has",
            "key": "name of a key", "receipt": "number of a receipt", "connections": "open connections",
            "rows": "rows that were swept, by table",
            "sl-*": "parts and signals of the program, as it starts and stops",
        ]
    ])

    private static let messages = Terms([
        .identifier: ["key": "user:item of a rating, or the id", "user_id": "id of the user, as in the source"],
        .attribute: ["*": "what is known of the user, such as age"],
        .behavior: [
            "item_id": "id of the item, as in the source", "rating": "on the scale of the store",
            "timestamp": "seconds since 1970", "value": "a message that was rejected, as it came",
            "kindred-reason": "why it was rejected, with the value",
        ],
        .nothing: [
            "title": "title of the item", "genres": "genres of the item", "kindred-schema": "kind and version",
            "kindred-topic": "where it came from", "kindred-partition": "its partition", "kindred-offset": "its offset",
        ],
    ])

    // MARK: Files and indices

    private static let data = Terms([
        .identifier: people, .behavior: behavior, .derived: derived, .nothing: technical, .nothing: figures,
    ])
}

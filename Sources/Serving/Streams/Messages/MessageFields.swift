package import RatingFiles

/// What a field of a message is, by its name: `userId`, `user_id` and `USER-ID` are one.
///
/// The names are those of columns of ratings files (`ColumnNames`), of which `documented` are those that people are told of.
package struct MessageFields {
    /// For each meaning, the names that the documentation and the schemas list, best first.
    package static let documented: [ColumnRole: [String]] = [
        .user: ["user_id", "userId", "user", "uid"],
        .item: ["item_id", "itemId", "item", "movie_id", "movieId", "movie", "film_id", "filmId"],
        .rating: ["rating", "score", "stars", "value"],
        .timestamp: ["timestamp", "ts", "time", "rated_at"],
    ]
    package static let titles = ["title", "name"]
    package static let genres = ["genres", "genre"]

    private static let mostNames = 1_000
    private var meanings: [String: ColumnNames.Meaning?] = [:]

    /// The field of an object whose name says most surely that it is what is asked for; of equals the first by name.
    mutating func find(_ role: ColumnRole, in object: [String: MessageValue]) -> (name: String, value: MessageValue)? {
        var best: (name: String, certainty: Int)?
        for name in object.keys {
            guard let meaning = meaning(of: name), meaning.role == role else { continue }
            if let best, (best.certainty, name) > (meaning.certainty, best.name) { continue }
            best = (name, meaning.certainty)
        }
        return best.flatMap { best in object[best.name].map { (best.name, $0) } }
    }

    mutating func meaning(of name: String) -> ColumnNames.Meaning? {
        if let known = meanings[name] { return known }
        // Names without end come from no honest writer.
        if meanings.count >= Self.mostNames { meanings.removeAll() }
        let meaning = ColumnNames.meaning(of: name)
        meanings[name] = .some(meaning)
        return meaning
    }
}

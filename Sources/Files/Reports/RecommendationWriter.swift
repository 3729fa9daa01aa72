public import Engine
public import FileOutput
public import Ratings

/// Lists as CSV, `user_id,rank,item_id,predicted_rating,score`, the best item of a user first; a number that the model does not
/// have is empty.
public struct RecommendationWriter {
    private let users: Vocabulary
    private let items: Vocabulary

    /// Creates a writer for lists of these users and items.
    public init(users: Vocabulary, items: Vocabulary) {
        self.users = users
        self.items = items
    }

    /// - Parameter lists: one for each user, in the order of the vocabulary.
    public func write(_ lists: [[ScoredItem]], to writer: inout ByteWriter) throws(OutputError) {
        precondition(lists.count == users.count, "a list for each user")
        let names = (0..<items.count).map { Array(writer.csvField(items[$0]).utf8) }
        try writer.write("user_id,rank,item_id,predicted_rating,score\n")
        for (user, list) in lists.enumerated() {
            let name = Array(writer.csvField(users[user]).utf8)
            for (place, scored) in list.enumerated() {
                try writer.write(name)
                try writer.write(",")
                try writer.write(place + 1)
                try writer.write(",")
                try writer.write(names[scored.item])
                try writer.write(",")
                if let rating = scored.predictedRating { try writer.write(shortest: rating) }
                try writer.write(",")
                if let score = scored.score { try writer.write(shortest: score) }
                try writer.write("\n")
            }
        }
    }
}

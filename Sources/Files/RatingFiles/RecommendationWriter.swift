public import FileOutput
public import Ratings

/// Lists of recommended items as CSV: `user_id,rank,item_id,score`, the best item of a user first.
public struct RecommendationWriter {
    private let users: Vocabulary
    private let items: Vocabulary

    public init(users: Vocabulary, items: Vocabulary) {
        self.users = users
        self.items = items
    }

    /// - Parameter lists: one for each user, in the order of the vocabulary.
    public func write(_ lists: [[RankedItem]], to writer: inout ByteWriter) throws(OutputError) {
        precondition(lists.count == users.count, "a list for each user")
        let names = (0..<items.count).map { Array(csvField(items[$0]).utf8) }
        try writer.write("user_id,rank,item_id,score\n")
        for (user, list) in lists.enumerated() {
            let name = Array(csvField(users[user]).utf8)
            for (place, ranked) in list.enumerated() {
                try writer.write(name)
                try writer.write(",")
                try writer.write(place + 1)
                try writer.write(",")
                try writer.write(names[Int(ranked.item)])
                try writer.write(",")
                try writer.write(shortest: ranked.score)
                try writer.write("\n")
            }
        }
    }
}

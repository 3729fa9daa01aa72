import Foundation
import Interchange
import Ratings

/// A source that was read: ratings, and what is known of items and users.
struct LoadedSource {
    let read: RatingsReader.Result
    let items: ItemCatalog
    let users: UserCatalog

    var ratings: RatingMatrix { read.ratings }
    /// What is known beside the ratings.
    var side: SideInformation { SideInformation(users: users, items: items) }

    init(_ options: SourceOptions, threads: Int, progress: ProgressLine) throws {
        let source = try RatingsSource(options.source)
        let attributes = try? FileManager.default.attributesOfItem(atPath: source.ratings)
        progress.begin("reading", total: (attributes?[.size] as? NSNumber)?.doubleValue ?? 0, unit: "B")
        read = try options.reading.reader(threads: threads).read(source.ratings) { progress.update($0) }
        items = try source.itemCatalog(for: read.ratings.items)
        users = try source.userCatalog(for: read.ratings.users)
        progress.end()
    }
}

import Foundation
import Interchange
import Ratings
import Store

/// A source that was read: ratings, and what is known of items and users.
struct LoadedSource {
    let read: RatingsReader.Result
    let items: ItemCatalog
    let users: UserCatalog

    var ratings: RatingMatrix { read.ratings }
    /// What is known beside the ratings.
    var side: SideInformation { SideInformation(users: users, items: items) }

    init(_ options: SourceOptions, threads: Int, progress: ProgressLine) throws {
        try self.init(options.source, options.reading, threads: threads, progress: progress)
    }

    init(_ path: String, _ reading: ReadingOptions, threads: Int, progress: ProgressLine) throws {
        if Store.isStore(path) {
            try self.init(storeAt: path, threads: threads, progress)
        } else {
            try self.init(filesAt: path, reading, threads: threads, progress)
        }
    }

    private init(filesAt path: String, _ reading: ReadingOptions, threads: Int, _ progress: ProgressLine) throws {
        let source = try RatingsSource(path)
        let attributes = try? FileManager.default.attributesOfItem(atPath: source.ratings)
        progress.begin("reading", total: (attributes?[.size] as? NSNumber)?.doubleValue ?? 0, unit: "B")
        read = try reading.reader(threads: threads).read(source.ratings) { progress.update($0) }
        items = try source.itemCatalog(for: read.ratings.items)
        users = try source.userCatalog(for: read.ratings.users)
        progress.end()
    }

    /// A store has been cleaned when it was filled, so there is nothing to reject.
    private init(storeAt path: String, threads: Int, _ progress: ProgressLine) throws {
        progress.begin("reading")
        let stored = try Store(path).ratings(threads: threads)
        read = RatingsReader.Result(ratings: stored.ratings, duplicateCount: 0, rejected: [], notes: [])
        items = stored.items
        users = stored.users
        progress.end()
    }
}

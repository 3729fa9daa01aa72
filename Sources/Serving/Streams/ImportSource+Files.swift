import Foundation
public import RatingFiles
import Ratings
public import Store

extension ImportSource {
    /// What an import takes in of files that were read.
    ///
    /// - Parameters:
    ///   - rows: of the files of `source`, by `reader`.
    ///   - hasCatalogs: whether the catalogs beside the ratings are taken in too.
    ///   - minimisation: what is taken of people.
    public init(
        _ rows: RatingsReader.Rows, of source: RatingsSource, by reader: RatingsReader, name: String, checksum: String,
        hasCatalogs: Bool = true, minimisation: Minimisation = Minimisation()
    ) throws {
        let unrated = hasCatalogs ? try source.items(besides: rows.items) : Vocabulary([])
        let users =
            hasCatalogs
            ? minimisation.reduced(try source.userCatalog(for: rows.users, keeping: minimisation.kept)) : UserCatalog()
        self.init(
            name: name, checksum: checksum, entries: rows.entries, userIDs: rows.users, itemIDs: rows.items,
            items: hasCatalogs
                ? try source.itemCatalog(for: rows.items) : ItemCatalog(itemCount: rows.items.count),
            users: users, unratedIDs: unrated,
            unrated: hasCatalogs ? try source.itemCatalog(for: unrated) : ItemCatalog(itemCount: 0),
            malformed: rows.rejected.map { RejectedRating(line: $0.line, reason: $0.reason, text: $0.text) },
            lines: { try reader.lines(ofRows: $0, in: source.ratings) }, convertedTimes: rows.convertedTimes)
        timePrecision = minimisation.timePrecision
        if hasCatalogs {
            let taken = Set(users.attributes.map(\.name))
            droppedAttributes = try source.userColumns(for: rows.users).filter { !taken.contains($0) }
        }
    }
}

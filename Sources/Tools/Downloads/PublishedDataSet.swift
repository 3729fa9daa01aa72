import FileOutput
import Foundation
import Platform

/// A data set that GroupLens publishes.
public struct PublishedDataSet: Sendable {
    /// The name of the folder in the archive, and of the archive without its ending.
    public let name: String
    /// What a person should know before choosing it.
    public let summary: String
    /// The terms of use, in short; the README in the folder has the whole text.
    public let licence: String
    public let citation: String
    /// The most bytes of the archive, about twice those of the one that was published in 2026.
    let sizeLimit: Int

    /// How far the archive may expand: ratings compress to a fifth.
    var unpacking: ArchiveLimits { ArchiveLimits(maximumBytes: 10 * sizeLimit) }

    /// Where the archives are published, each with its MD5 checksum beside it.
    public static let publisher = "https://files.grouplens.org/datasets/movielens"

    public static let all = [
        movieLens("ml-100k", "100,000 ratings, 943 users, 1,682 films, 1998", megabytes: 10),
        movieLens("ml-latest-small", "about 100,000 ratings, 600 users, 9,000 films; changes over time", megabytes: 10),
        movieLens("ml-1m", "1,000,209 ratings, 6,040 users, 3,706 films, 2003", megabytes: 12),
        movieLens("ml-20m", "20,000,263 ratings, 138,493 users, 26,744 films, 2015", megabytes: 400),
        movieLens("ml-25m", "25,000,095 ratings, 162,541 users, 59,047 films, 2019", megabytes: 512),
    ]

    private static func movieLens(_ name: String, _ summary: String, megabytes: Int) -> PublishedDataSet {
        PublishedDataSet(
            name: name, summary: summary,
            licence: """
                Free for research. Not for redistribution or commercial use without permission of GroupLens, \
                University of Minnesota; publications acknowledge it. The README in the folder has the whole text.
                """,
            citation: """
                F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context. ACM \
                Transactions on Interactive Intelligent Systems 5, 4, 19:1-19:19. https://doi.org/10.1145/2827872
                """, sizeLimit: megabytes << 20)
    }
}

extension PublishedDataSet {
    /// The data set whose archive, folder or file this is: by its name, or by a README in the folder that names MovieLens.
    ///
    /// - Returns: nil for anything else. Of a folder with another name, one whose terms are the same.
    public static func named(byReadmeBeside path: String) -> PublishedDataSet? {
        let place = URL(fileURLWithPath: path)
        let kind = FileKind(path)
        guard kind == .folder || kind == .file else { return nil }
        let folder = kind == .folder ? place : place.deletingLastPathComponent()
        let name = (kind == .folder ? folder : place.deletingPathExtension()).lastPathComponent
        if let found = all.first(where: { $0.name == name || (folder.lastPathComponent == $0.name) }) { return found }
        for readme in ["README", "README.txt"] {
            guard let file = FileHandle(forReadingAtPath: folder.appendingPathComponent(readme).path),
                let head = try? file.read(upToCount: 4_096)
            else { continue }
            let text = String(decoding: head, as: UTF8.self)
            if text.contains("MovieLens"), text.contains("GroupLens") { return all.first }
        }
        return nil
    }
}

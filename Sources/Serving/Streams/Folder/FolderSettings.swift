import Foundation
public import Privacy
public import RatingFiles
public import Store

/// Which folder is watched, and how.
public struct FolderSettings: Sendable {
    /// As the user named it.
    public var path: String
    /// Seconds for which size and time of a file have to rest before it is read. A file that cannot be read, or whose last line
    /// has no end, is given ten times as long.
    public var settle = 1.0
    /// Whether files stay where they are; otherwise they move to `done` or `failed`.
    public var keepsFiles = false
    /// The values that are ratings; nil for those of the store or, in an empty one, of the first file.
    public var scale: ClosedRange<Float>?
    /// What is taken of people.
    public var minimisation = Minimisation()
    /// What makes pseudonyms of the ids in files; nil where they have those of the store.
    public var pseudonyms: Pseudonymizer?
    /// How files are read. Malformed rows are always skipped and listed.
    public var reader = RatingsReader()

    public init(_ path: String) { self.path = path }

    /// The path from the root, without symbolic links: the same folder has one, however it is named.
    var location: String { Self.location(of: path) }

    static func location(of path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }

    var done: String { location + "/done" }
    var failed: String { location + "/failed" }
    var rest: Duration { .seconds(settle) }
    var patience: Duration { .seconds(10 * settle) }
    /// Seconds between looks at the folder: what counts is how long a file rests, so hearing of it at once would gain nothing.
    var pollInterval: Double { min(1, max(0.02, settle / 4)) }
}

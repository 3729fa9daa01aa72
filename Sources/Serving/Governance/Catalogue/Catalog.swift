/// What a store holds, where it came from and where it went: sources, tables, views, outputs, checks, models and lineage.
///
/// It is a function of the store: the same store gives the same catalogue.
public struct Catalog: Sendable, Encodable {
    /// The name of the store's file.
    public let store: String
    /// The version of the program that made it.
    public let version: String
    /// When something last came into the store or left it, in seconds since 1970.
    public let modified: Int64
    public internal(set) var sources: [Source]
    public internal(set) var relations: [Relation]
    public internal(set) var outputs: [Product]
    public internal(set) var checks: [Check]
    public internal(set) var models: [ModelCard]
    public internal(set) var lineage: Lineage

    /// A file that was imported.
    public struct Source: Sendable, Encodable {
        /// The number of its import.
        public let number: Int
        public let name: String
        /// SHA-256 of the files with ratings, in hexadecimal.
        public let checksum: String
        /// nil where the version of the program that imported it did not keep it.
        public let bytes: Int?
        public let licence: String?
        public let citation: String?
        /// Seconds since 1970.
        public let started: Int64
        /// nil until the import is complete.
        public let finished: Int64?
        /// The counts are nil for whoever may not see figures of few people.
        public internal(set) var rowsRead: Int?
        public internal(set) var kept: Int?
        public internal(set) var duplicates: Int?
        /// Rejected rows by reason.
        public internal(set) var malformed: Int?
        public internal(set) var outOfScale: Int?
        public internal(set) var impossibleTimes: Int?

        public var rejected: Int? {
            guard let malformed, let outOfScale, let impossibleTimes else { return nil }
            return malformed + outOfScale + impossibleTimes
        }
    }

    /// A table or a view.
    public struct Relation: Sendable, Encodable {
        public let name: String
        /// `table`, `view` or `virtual`.
        public let kind: String
        public let definition: String
        public let owner: String
        public let retention: String
        /// Whether a column tells something of a single person.
        public let isPersonal: Bool
        /// nil for a view, which is computed when it is asked.
        public internal(set) var rows: Int?
        public internal(set) var variables: [Variable]
        /// Columns that a view reads but does not show: it joins, filters or sorts by them.
        public let alsoReads: [String]
    }

    /// A column.
    public struct Variable: Sendable, Encodable, Equatable {
        public let name: String
        public let type: String
        public let unit: String?
        public let definition: String
        public let isPersonal: Bool
        /// nil where the column was not counted.
        public var nulls: Int?
        public var distinct: Int?
        /// The least and the largest value; of a personal column, the ends of the groups that are shown.
        public var least: Double?
        public var most: Double?
        public var histogram: [Group] = []
        /// How many groups are not shown because they are too small.
        public var hiddenGroups = 0
        /// For a view: the columns whose values it shows, such as `ratings.value`.
        public var sources: [String] = []
    }

    /// A bar of a histogram.
    public struct Group: Sendable, Encodable, Equatable {
        public let label: String
        public let count: Int
    }

    /// Something that left the store.
    public struct Product: Sendable, Encodable {
        public let kind: String
        public let place: String
        public let written: Int64
        public let sha256: String?
        public internal(set) var rows: Int?
        public let run: Int?
        public let holdsPeople: Bool
    }
}

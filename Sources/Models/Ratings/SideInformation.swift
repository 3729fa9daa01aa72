public import LinearAlgebra

/// A group of features of one kind, of users or items: occupations, genres, decades.
public struct FeatureGroup: Sendable {
    /// The name of the group.
    public let name: String
    /// Shape (rows, features): the weight of each feature in a row.
    public let weights: SparseMatrix<Float>

    /// Creates a group from its weights.
    public init(name: String, weights: SparseMatrix<Float>) {
        self.name = name
        self.weights = weights
    }

    /// One feature per distinct label, in sorted order; a row without a label has none.
    public init(name: String, labels: [String?]) {
        let distinct = Set(labels.compactMap { $0 }).sorted()
        let index = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
        self.init(
            name: name, memberships: labels.map { $0.flatMap { index[$0] }.map { [$0] } ?? [] }, count: distinct.count)
    }

    /// Several features per row, each with weight 1/√n for a row of n, so that all rows weigh the same.
    ///
    /// A film with two genres has 1/√2 ≈ 0.707107 of each.
    ///
    /// - Parameter memberships: the features of each row, ascending.
    public init(name: String, memberships: [[Int]], count: Int) {
        self.init(
            name: name,
            weights: SparseMatrix(
                columns: count, rowOffsets: memberships.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) },
                columnIndices: memberships.flatMap { $0.map(Int32.init) },
                values: memberships.flatMap { Array(repeating: 1 / Float($0.count).squareRoot(), count: $0.count) }))
    }
}

/// Features of users and items, in the order of a rating matrix's vocabularies.
public struct SideInformation: Sendable {
    /// The feature groups of users.
    public let users: [FeatureGroup]
    /// The feature groups of items.
    public let items: [FeatureGroup]

    /// Creates side information from feature groups.
    public init(users: [FeatureGroup], items: [FeatureGroup]) {
        self.users = users
        self.items = items
    }

    /// Attributes of users, genres of items, and the year in parentheses at the end of a title, as in `Heat (1995)`:
    /// the last ten years singly, earlier ones by decade.
    public init(users: UserCatalog, items: ItemCatalog) {
        self.users = users.attributes.map { FeatureGroup(name: $0.name, labels: $0.values) }
        var groups: [FeatureGroup] = []
        if !items.genreNames.isEmpty {
            groups.append(FeatureGroup(name: "genre", memberships: items.genres, count: items.genreNames.count))
        }
        let years = items.titles.map { $0.flatMap(Self.year) }
        if let newest = years.compactMap({ $0 }).max() {
            // Most ratings are of recent films, which allows single years there.
            let labels = years.map { year in year.map { $0 > newest - 10 ? "\($0)" : "\($0 / 10)0s" } }
            groups.append(FeatureGroup(name: "year", labels: labels))
        }
        self.items = groups
    }

    /// The four digits in the last parentheses of a title.
    static func year(_ title: String) -> Int? {
        guard let open = title.lastIndex(of: "("), let close = title[open...].firstIndex(of: ")") else { return nil }
        let digits = title[title.index(after: open)..<close]
        return digits.count == 4 && digits.allSatisfy(\.isNumber) ? Int(digits) : nil
    }
}

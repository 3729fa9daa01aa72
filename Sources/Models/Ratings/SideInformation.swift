public import LinearAlgebra

/// A group of features of users or items that are alike in kind: occupations, genres, decades.
public struct FeatureGroup: Sendable {
    public let name: String
    /// Shape (rows, features): how much of each feature a row has.
    public let weights: SparseMatrix<Float>

    public init(name: String, weights: SparseMatrix<Float>) {
        self.name = name
        self.weights = weights
    }

    /// One feature for each distinct label, in the order of the labels; a row without a label has none.
    public init(name: String, labels: [String?]) {
        let distinct = Set(labels.compactMap { $0 }).sorted()
        let index = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
        self.init(
            name: name, memberships: labels.map { $0.flatMap { index[$0] }.map { [$0] } ?? [] }, count: distinct.count)
    }

    /// Several features for a row, each with the weight 1/√(how many the row has), so that rows of many weigh no more.
    ///
    /// A film of two genres has 1/√2 ≈ 0.707107 of each.
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

/// What is known of users and items beside their ratings, in the order of a rating matrix's vocabularies.
public struct SideInformation: Sendable {
    public let users: [FeatureGroup]
    public let items: [FeatureGroup]

    public init(users: [FeatureGroup], items: [FeatureGroup]) {
        self.users = users
        self.items = items
    }

    /// Attributes of users; genres of items, and the year in brackets at the end of a title, as in `Heat
    /// (1995)`: the last ten years one by one, decades before.
    public init(users: UserCatalog, items: ItemCatalog) {
        self.users = users.attributes.map { FeatureGroup(name: $0.name, labels: $0.values) }
        var groups: [FeatureGroup] = []
        if !items.genreNames.isEmpty {
            groups.append(FeatureGroup(name: "genre", memberships: items.genres, count: items.genreNames.count))
        }
        let years = items.titles.map { $0.flatMap(Self.year) }
        if let newest = years.compactMap({ $0 }).max() {
            // Most ratings are of recent films, so there single years can be told apart.
            let labels = years.map { year in year.map { $0 > newest - 10 ? "\($0)" : "\($0 / 10)0s" } }
            groups.append(FeatureGroup(name: "year", labels: labels))
        }
        self.items = groups
    }

    /// The four digits in the last brackets of a title.
    static func year(_ title: String) -> Int? {
        guard let open = title.lastIndex(of: "("), let close = title[open...].firstIndex(of: ")") else { return nil }
        let digits = title[title.index(after: open)..<close]
        return digits.count == 4 && digits.allSatisfy(\.isNumber) ? Int(digits) : nil
    }
}

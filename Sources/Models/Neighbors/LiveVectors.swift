import Ratings

/// What the similarities of changing ratings need of each user: the mean to subtract, and the norm.
///
/// Values, norms and sums have the bits of `RatingVectors`, since each adds its terms in the order of the sorted items.
struct LiveVectors: Sendable {
    let formula: SimilarityFormula
    private let isCentered: Bool
    /// By number; 0 where nothing is subtracted.
    private var centers: [Double] = []
    private(set) var norms: [Double] = []

    init(_ configuration: SimilarityConfiguration) {
        formula = SimilarityFormula(configuration)
        isCentered = configuration.measure == .centered
    }

    /// Reads the ratings of some users anew.
    ///
    /// - Complexity: O(their ratings).
    mutating func update(_ users: some Sequence<Int32>, in ratings: MutableRatings) {
        let added = ratings.users.count - norms.count
        centers += Array(repeating: 0, count: added)
        norms += Array(repeating: 0, count: added)
        for user in users.lazy.map(Int.init) {
            let row = ratings.items(of: user)
            let sum = row.reduce(0) { $0 + Double($1.value) }
            centers[user] = isCentered ? sum / Double(max(1, row.count)) : 0
            norms[user] = row.reduce(0) { sum, entry in
                let value = RatingTransform.difference(Double(entry.value), from: centers[user])
                return sum + value * value
            }.squareRoot()
        }
    }

    /// Adds the products of a user's ratings to the sums of all raters of their items, the user among them.
    ///
    /// - Parameter sums: one per user.
    /// - Complexity: O(Σ raters of the user's items).
    func add<Sums: AccumulatedPair>(_ user: Int, in ratings: MutableRatings, to sums: inout [Sums]) {
        var sums = sums.mutableSpan
        let centers = centers.span
        for rating in ratings.items(of: user) {
            let own = RatingTransform.difference(Double(rating.value), from: centers[user])
            let raters = ratings.entries(ofItem: Int(rating.number))
            if isCentered {
                for rater in raters {
                    let other = Int(rater.number)
                    sums[other].add(own, RatingTransform.difference(Double(rater.value), from: centers[other]))
                }
            } else {
                for rater in raters { sums[Int(rater.number)].add(own, Double(rater.value)) }
            }
        }
    }
}

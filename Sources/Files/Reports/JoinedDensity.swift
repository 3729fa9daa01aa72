import Evaluation

/// The prediction density of a model, pooled over folds.
struct JoinedDensity {
    let ratings: [Double]
    /// The lower bounds of the prediction bins.
    let bins: [Double]
    let binWidth: Double
    /// By rating, then by bin.
    private(set) var counts: [[Int]]

    /// nil without tables to pool.
    ///
    /// Folds from separate files may have different scales: all are counted into the table with most ratings, by
    /// nearest rating and bin midpoint. Tables of equal layout add up cell by cell.
    init?(_ densities: [PredictionDensity]) {
        let usable = densities.filter { !$0.ratings.isEmpty && !$0.bins.isEmpty && $0.binWidth > 0 }
        guard let widest = usable.max(by: { $0.ratings.count < $1.ratings.count }) else { return nil }
        ratings = widest.ratings
        bins = widest.bins
        binWidth = widest.binWidth
        counts = Array(repeating: Array(repeating: 0, count: bins.count), count: ratings.count)
        for density in usable { add(density) }
    }

    private mutating func add(_ density: PredictionDensity) {
        for (rating, row) in zip(density.ratings, density.counts) {
            guard let nearest = ratings.indices.min(by: { abs(ratings[$0] - rating) < abs(ratings[$1] - rating) })
            else { continue }
            for (bin, count) in zip(density.bins, row) where count > 0 {
                let place = min(Double(bins.count - 1), max(0, (bin + density.binWidth / 2 - bins[0]) / binWidth))
                counts[nearest][place.isFinite ? Int(place) : 0] += count
            }
        }
    }

    /// The share of a rating's predictions in each bin; all 0 for a rating without predictions.
    func shares(ofRating index: Int) -> [Double] {
        let total = max(1, counts[index].reduce(0, +))
        return counts[index].map { Double($0) / Double(total) }
    }

    /// The mean prediction for a rating, from bin midpoints; nil for a rating without predictions.
    func meanPrediction(ofRating index: Int) -> Double? {
        let total = counts[index].reduce(0, +)
        guard total > 0 else { return nil }
        let sum = zip(bins, counts[index]).reduce(0) { $0 + ($1.0 + binWidth / 2) * Double($1.1) }
        return sum / Double(total)
    }
}

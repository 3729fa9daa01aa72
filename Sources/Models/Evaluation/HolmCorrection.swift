/// Holm's correction of p-values for multiple tests.
///
/// With the m p-values in ascending order, p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1)·p₍ⱼ₎): rejecting if p̃ ≤ α
/// keeps the family-wise error rate at most α, for any dependence of the tests. 0.01, 0.04, 0.03, 0.005 become 0.03,
/// 0.06, 0.06, 0.02. Holm 1979, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
/// Statistics 6, 65–70, in the adjusted form of Wright 1992, doi:10.2307/2532694.
public enum HolmCorrection {
    /// The adjusted p-values, in input order.
    ///
    /// - Parameter pValues: in 0…1.
    /// - Complexity: O(m log m) time, O(m) memory.
    public static func adjusted(_ pValues: [Double]) -> [Double] {
        precondition(pValues.allSatisfy { (0...1).contains($0) }, "p-value outside 0…1")
        var adjusted = pValues
        var largest = 0.0
        for (place, test) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
            largest = max(largest, min(1, Double(pValues.count - place) * pValues[test]))
            adjusted[test] = largest
        }
        return adjusted
    }
}

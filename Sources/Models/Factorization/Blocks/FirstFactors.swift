public import LinearAlgebra

/// Where the first factors of blocks of rows begin in the sequence of random numbers.
///
/// A fit draws rank normal variates for row after row from one generator. The draws reject some numbers, so that where a
/// row begins is known only by walking there.
public enum FirstFactors {
    /// The generator as it is before the first row of each block.
    ///
    /// With rank 2, blocks of 3, 0 and 2 rows begin after 0, 6 and 6 variates.
    ///
    /// - Parameters:
    ///   - seed: of the fit.
    ///   - rows: the number of rows of each block, in order.
    /// - Complexity: O(rows · rank), two uniform numbers and no logarithm a variate.
    public static func states(seed: UInt64, rank: Int, rows: [Int]) -> [SeededGenerator] {
        var generator = SeededGenerator(seed: seed)
        return rows.map { count in
            let state = generator
            generator.skipNormals(count * rank)
            return state
        }
    }
}

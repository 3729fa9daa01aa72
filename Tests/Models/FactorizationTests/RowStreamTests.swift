import Factorization
import LinearAlgebra
import Testing

/// Equality with solving in memory is in `RowBlockTests`.
struct RowStreamTests {
    private static let features = DenseMatrix<Float>(rows: 5, columns: 2, elements: (0..<10).map { Float($0 % 3) })

    private static func block(_ columns: [Int32] = [0, 2, 4]) -> RowBlock {
        var configuration = ALSConfiguration()
        configuration.rank = 1
        return RowBlock(
            side: "user",
            ratings: SparseMatrix(
                columns: 5, rowOffsets: [0, 0, columns.count], columnIndices: columns, values: columns.map { _ in 3 }),
            chunks: [0..<1, 1..<2], firstRow: 70, equations: .explicit(configuration, mean: 2), threads: 1)
    }

    /// The solution of a block whose features come in the given frames.
    private func solution(_ frames: [[Int32]]) throws -> RowBlock.Solution {
        var stream = Self.block().stream()
        for frame in frames { stream.add(ids: frame[...], features: Self.features.rows(frame[...])) }
        return try stream.finish()
    }

    @Test func `partners that no row rated may be left out`() throws {
        let expected = try Self.block().solve(against: Self.features).vectors.storage
        for frames in [[[0, 1, 2, 3, 4]], [[0, 2, 4]], [[0], [], [1, 2], [4]]] as [[[Int32]]] {
            #expect(try solution(frames).vectors.storage == expected)
        }
    }

    /// Partners in three clusters far apart, so that a list of their places by id would be large.
    @Test func `partners may be far apart`() throws {
        let ids = (0..<150).map { Int32($0) * 3 } + (0..<50).map { 1_000_000 + Int32($0) } + [2_000_000_000]
        var generator = SeededGenerator(seed: 5)
        let features = DenseMatrix(
            rows: ids.count, columns: 2,
            elements: ids.indices.map { _ in [Float(generator.normal()), 0.5] }.flatMap(\.self))
        let chosen = ids.indices.filter { $0 % 4 != 1 }
        var configuration = ALSConfiguration()
        configuration.rank = 1
        func block(_ columns: Int, _ partners: [Int32]) -> RowBlock {
            RowBlock(
                side: "user",
                ratings: SparseMatrix(
                    columns: columns, rowOffsets: [0, partners.count], columnIndices: partners,
                    values: partners.indices.map { Float($0 % 5) }),
                chunks: [0..<1], firstRow: 0, equations: .explicit(configuration, mean: 2), threads: 1)
        }
        let expected = try block(ids.count, chosen.map { Int32($0) }).solve(against: features)
        var stream = block(2_000_000_001, chosen.map { ids[$0] }).stream()
        stream.add(ids: ids[...], features: features)
        let found = try stream.finish()
        #expect(found.vectors.storage == expected.vectors.storage && found.losses == expected.losses)
    }

    @Test(arguments: [[[0, 4]], [[0], [1, 4]], [[0, 3], [4]]] as [[[Int32]]])
    func `missing partner is named`(_ frames: [[Int32]]) {
        #expect(throws: FactorizationError.missingPartner(side: "user", row: 71, partner: 2)) { try solution(frames) }
    }

    @Test func `input that ends early is refused`() {
        #expect(throws: FactorizationError.missingPartner(side: "user", row: 71, partner: 4)) {
            try solution([[0, 1, 2]])
        }
        #expect(throws: FactorizationError.missingPartner(side: "user", row: 71, partner: 0)) { try solution([]) }
    }

    @Test(arguments: [([[0, 2], [2, 4]], 2), ([[0, 2, 1, 4]], 1), ([[4], [0, 2]], 0), ([[0, 2, 4], [-1]], -1)])
    func `partners out of order are refused`(_ frames: [[Int32]], _ partner: Int) {
        #expect(throws: FactorizationError.unexpectedPartner(partner)) {
            var stream = Self.block().stream()
            for frame in frames {
                let features = DenseMatrix<Float>(rows: frame.count, columns: 2)
                stream.add(ids: frame[...], features: features)
            }
            _ = try stream.finish()
        }
    }

    @Test func `partner beyond the last is refused`() {
        #expect(throws: FactorizationError.unexpectedPartner(5)) {
            var stream = Self.block().stream()
            stream.add(ids: [0, 2, 4, 5], features: DenseMatrix<Float>(rows: 4, columns: 2))
            _ = try stream.finish()
        }
    }
}

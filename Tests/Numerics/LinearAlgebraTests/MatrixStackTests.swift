import LinearAlgebra
import Testing

/// Checked against plain loops, on halves and small integers so that `Float` is exact.
struct MatrixStackTests {
    private let order = 4

    private func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Float(generator.next(below: 17)) / 2 - 4 }
    }

    /// Three distinct symmetric matrices.
    private func stack(seed: UInt64 = 1) -> MatrixStack {
        let elements = numbers(3 * order * order, seed: seed)
        var stack = MatrixStack(count: 3, order: order)
        for index in 0..<3 {
            for i in 0..<order {
                for j in 0...i {
                    stack[index, i, j] = elements[(index * order + i) * order + j]
                    stack[index, j, i] = stack[index, i, j]
                }
            }
        }
        return stack
    }

    private func matrix(rows: Int, columns: Int, seed: UInt64) -> DenseMatrix<Float> {
        DenseMatrix(rows: rows, columns: columns, elements: numbers(rows * columns, seed: seed))
    }

    @Test func `matrices are stored consecutively`() {
        let stack = stack()
        for index in 0..<3 {
            let matrix = stack.matrix(index)
            for i in 0..<order {
                for j in 0..<order {
                    #expect(matrix[i, j] == stack.elements[index * 16 + i * 4 + j])
                    #expect(matrix[i, j] == stack[index, i, j])
                }
            }
        }
        #expect(MatrixStack(count: 3, order: order, elements: stack.elements).elements == stack.elements)
        #expect(MatrixStack(count: 2, order: 3).elements == Array(repeating: 0, count: 18))
    }

    @Test func `scaled sum is element-wise`() {
        let (stack, before) = (stack(), matrix(rows: order, columns: order, seed: 2))
        var target = before
        stack.add(1, times: -2, to: &target)
        for i in 0..<order {
            for j in 0..<order { #expect(target[i, j] == before[i, j] - 2 * stack[1, i, j]) }
        }
    }

    @Test func `outer product changes one matrix only`() {
        let before = stack()
        let vectors = matrix(rows: 2, columns: order, seed: 5)
        var after = before
        after.addOuter(vectors.row(1), times: 2, to: 1)
        for index in 0..<3 {
            for i in 0..<order {
                for j in 0..<order {
                    let added = index == 1 ? 2 * vectors[1, i] * vectors[1, j] : 0
                    #expect(after[index, i, j] == before[index, i, j] + added)
                }
            }
        }
    }

    @Test func `each row adds its outer product to its own matrix`() {
        let before = stack()
        let vectors = matrix(rows: 3, columns: order, seed: 7)
        var after = before
        after.addOuterProducts(of: vectors)
        var expected = before
        for index in 0..<3 { expected.addOuter(vectors.row(index), times: 1, to: index) }
        #expect(after.elements == expected.elements && after.elements != before.elements)
    }

    @Test func `quadratic forms and traces equal double sums`() {
        let (stack, other) = (stack(), stack(seed: 9))
        let vector = numbers(order, seed: 6)
        var form = 0.0
        for i in 0..<order {
            for j in 0..<order { form += Double(vector[i]) * Double(stack[2, i, j]) * Double(vector[j]) }
        }
        #expect(stack.quadraticForm(2, vector) == form)
        for rank in 0...order {
            // tr(A·B) over the leading blocks of both.
            let diagonal = (0..<rank).map { i in
                (0..<rank).reduce(0.0) { $0 + Double(stack[0, i, $1]) * Double(other[1, $1, i]) }
            }
            #expect(stack.traceOfProduct(0, other, 1, rank: rank) == diagonal.reduce(0, +))
        }
    }
}

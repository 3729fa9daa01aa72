import Inputs
import LinearAlgebra

/// Factorization and solution of many small systems, as ALS has them: A = pᵀ·p + I.
func choleskyBenchmarks() {
    let count = 1000
    for rank in [16, 64, 128] {
        measure(
            "potrf-potrs-\(count)-of-order-\(rank)", counts: ["systems"], rate: "systems/s",
            of: {
                BLASThreading.useSingleThread()
                let panel = randomMatrix(rows: 2 * rank, columns: rank, seed: 1)
                var gramian = DenseMatrix<Float>(rows: rank, columns: rank)
                gramian.addGramian(of: panel)
                for index in 0..<rank { gramian[index, index] += 1 }
                return (gramian: gramian, right: Array(randomMatrix(rows: 1, columns: rank, seed: 2).row(0)))
            },
            { input in
                var workspace = input.gramian
                var solution = input.right
                for _ in 0..<count {
                    workspace = input.gramian
                    solution = input.right
                    try workspace.solveCholesky(&solution)
                }
                return solution
            },
            check: { input, solution in
                for row in 0..<rank {
                    let product = (0..<rank).reduce(0.0) { sum, column in
                        let element = input.gramian[max(row, column), min(row, column)]
                        return sum + Double(element) * Double(solution[column])
                    }
                    try require(abs(product - Double(input.right[row])) < 1e-3, "row \(row) of A·x − b")
                }
                return Outcome([count], work: Double(count))
            })
    }
}

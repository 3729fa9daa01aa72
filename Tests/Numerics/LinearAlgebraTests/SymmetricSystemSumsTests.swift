import LinearAlgebra
import Testing

struct SymmetricSystemSumsTests {
    private static func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Float(generator.normal()) }
    }

    /// Two systems in turns on one workspace, each in three panels, against each alone.
    @Test(arguments: [1, 3, 16, 17, 65], Solver.allCases)
    func `interrupted sums give the same bits`(_ order: Int, _ solver: Solver) throws {
        let features = DenseMatrix(rows: 300, columns: order, elements: Self.numbers(300 * order, seed: 1))
        let scales = Self.numbers(128, seed: 2)
        var base = DenseMatrix<Float>(rows: order, columns: order)
        for index in 0..<order { base[index, index] = 300 }
        func panel(_ system: Int, _ number: Int) -> [Int32] {
            (0..<[128, 128, 37][number]).map { Int32((system + 7 * number + $0) % 300) }
        }
        func add(_ system: Int, _ number: Int, to workspace: inout SymmetricSystem) {
            workspace.add(
                panel(system, number)[...], of: features, isBiased: true, scales: scales,
                targets: Self.numbers(128, seed: UInt64(10 * system + number)))
        }
        func result(_ workspace: inout SymmetricSystem) throws -> [UInt64] {
            workspace.finish()
            try workspace.factor()
            workspace.substitute()
            return workspace.vector.prefix(order).map { UInt64($0.bitPattern) }
                + [workspace.squaredTargets.bitPattern, workspace.leastLoss.bitPattern]
        }
        var workspace = SymmetricSystem(order: order, solver: solver)
        let expected = try [1, 2].map { system in
            workspace.begin(base: base)
            for number in 0..<3 { add(system, number, to: &workspace) }
            return try result(&workspace)
        }
        var sums = [SymmetricSystem.Sums(), SymmetricSystem.Sums()]
        for number in 0..<2 {
            for system in [1, 2] {
                if number == 0 { workspace.begin(base: base) } else { workspace.begin(sums[system - 1]) }
                add(system, number, to: &workspace)
                workspace.save(to: &sums[system - 1])
            }
        }
        for system in [1, 2] {
            workspace.begin(sums[system - 1])
            add(system, 2, to: &workspace)
            #expect(try result(&workspace) == expected[system - 1])
        }
        #expect(expected[0] != expected[1])
    }

    @Test func `size of the sums`() { #expect(SymmetricSystem.Sums.bytes(order: 65) == 25_600) }
}

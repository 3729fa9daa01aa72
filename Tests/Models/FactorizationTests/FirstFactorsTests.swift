import Factorization
import LinearAlgebra
import Testing

struct FirstFactorsTests {
    @Test(arguments: [[3, 0, 2], [1], [0, 0], [40, 17, 1, 42]], [1, 2, 5])
    func `blocks go on where drawing all rows has come to`(_ rows: [Int], _ rank: Int) {
        let states = FirstFactors.states(seed: 8, rank: rank, rows: rows)
        var generator = SeededGenerator(seed: 8)
        for (state, count) in zip(states, rows) {
            #expect(state.words == generator.words)
            var block = SeededGenerator(state: state.words)
            for _ in 0..<count * rank { #expect(block.normal() == generator.normal()) }
        }
        #expect(states.count == rows.count)
    }
}

import Engine
import LinearAlgebra
import Testing

struct SuccessiveHalvingTests {
    private func rungs(_ trials: Int) -> [[Int]] {
        SuccessiveHalving(trials: trials).rungs.map { [$0.trials, $0.splits] }
    }

    @Test func `rungs are those of the documentation`() {
        #expect(rungs(40) == [[40, 1], [14, 2], [5, 4], [2, 8]])
        #expect(rungs(1) == [[1, 1]] && rungs(2) == [[2, 1]] && rungs(3) == [[3, 1], [1, 2]])
        #expect(rungs(1_000).last == [2, 8])
    }

    /// A parabola with noise by split: what is found is near its lowest point, and better than the defaults.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `the lowest point is found under noise`(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let places = [0.9] + (1..<60).map { _ in generator.uniform() }
        var measured = 0
        let outcome = SuccessiveHalving(trials: 60).run { trials, splits in
            measured += trials.count * splits.count
            return trials.map { trial in
                splits.map { split in
                    var noise = SeededGenerator(seed: seed, trial, split)
                    let distance = places[trial] - 0.3
                    return [distance * distance + 0.001 * noise.normal()]
                }
            }
        }
        #expect(abs(places[outcome.best] - 0.3) < 0.08)
        #expect(measured < 120)
        // The defaults are measured wherever the winner is.
        #expect(outcome.losses[0].count == 8 && outcome.losses[outcome.best].count == 8)
    }

    @Test func `equal trials leave the defaults`() {
        let outcome = SuccessiveHalving(trials: 30).run { trials, splits in trials.map { _ in splits.map { _ in [1] } }
        }
        #expect(outcome.best == 0)
    }

    /// A trial that shines on the first split only does not win.
    @Test func `luck on one split is not enough`() {
        let outcome = SuccessiveHalving(trials: 30).run { trials, splits in
            trials.map { trial in splits.map { [trial == 7 && $0 == 0 ? 0.5 : trial == 0 ? 1 : 1.2] } }
        }
        #expect(outcome.best == 0 && outcome.losses[7].count > 1)
    }

    @Test func `the best stage is that of the mean`() {
        let outcome = SuccessiveHalving(trials: 2).run { trials, splits in
            trials.map { trial in splits.map { _ in trial == 0 ? [3] : [4, 2, 5] } }
        }
        #expect(outcome.best == 1 && outcome.stage == 1)
        let (stage, mean) = SuccessiveHalving.best([[1, 5, .infinity], [7, 1, 0]])
        #expect(stage == 1 && mean == 3)
    }

    @Test func `failed trials are eliminated`() {
        let outcome = SuccessiveHalving(trials: 9).run { trials, splits in
            trials.map { trial in splits.map { _ in [trial == 0 || trial == 5 ? Double(9 - trial) : .infinity] } }
        }
        #expect(outcome.best == 5)
    }
}

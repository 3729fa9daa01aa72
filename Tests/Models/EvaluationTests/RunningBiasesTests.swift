import Evaluation
import LinearAlgebra
import Ratings
import Testing

struct RunningBiasesTests {
    private static let stars = RatingScale(minimum: 1, maximum: 5, step: 1)

    @Test func `predictions match the worked example`() {
        var biases = RunningBiases(scale: Self.stars)
        #expect(biases.prediction(user: 0, item: 0) == 3)
        biases.learn(5, user: 0, item: 0)
        #expect(biases.prediction(user: 0, item: 1) == 5)
        biases.learn(3, user: 0, item: 1)
        #expect(biases.mean == 4)
        #expect(abs(biases.prediction(user: 1, item: 0) - 4.333333) < 1e-6)
    }

    @Test func `predictions equal sums over all ratings so far`() {
        var generator = SeededGenerator(seed: 4)
        var biases = RunningBiases(scale: Self.stars, damping: 5)
        // (user, item, r − μ, r − μ − b_i) with the μ and b_i of their time.
        var known: [(user: Int, item: Int, rating: Double, first: Double, second: Double)] = []
        for _ in 0..<500 {
            let (user, item) = (generator.next(below: 20), generator.next(below: 30))
            let rating = Double(1 + generator.next(below: 5))
            let mean = known.isEmpty ? 3 : known.reduce(0) { $0 + $1.rating } / Double(known.count)
            let (own, other) = (known.filter { $0.user == user }, known.filter { $0.item == item })
            let itemBias = other.reduce(0) { $0 + $1.first } / Double(other.count + 5)
            let userBias = own.reduce(0) { $0 + $1.second } / Double(own.count + 5)
            let expected = min(5, max(1, mean + itemBias + userBias))
            #expect(abs(biases.prediction(user: user, item: item) - expected) < 1e-9)
            biases.learn(Float(rating), user: user, item: item)
            known.append((user, item, rating, rating - mean, rating - mean - itemBias))
        }
    }

    @Test func `a revised rating moves the sums by its difference`() {
        var biases = RunningBiases(scale: Self.stars)
        biases.learn(5, user: 0, item: 0)
        biases.revise(by: -2, user: 0, item: 0)
        #expect(biases.mean == 3)
        #expect(biases.bias(ofItem: 0) == 0)
    }

    @Test func `without a scale nothing is clamped`() {
        var biases = RunningBiases(scale: nil)
        #expect(biases.prediction(user: 0, item: 0) == 0)
        biases.learn(40, user: 0, item: 0)
        #expect(biases.prediction(user: 0, item: 0) > 40)
    }
}

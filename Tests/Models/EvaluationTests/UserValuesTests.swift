import Evaluation
import LinearAlgebra
import Testing

struct UserValuesTests {
    @Test func `values are averaged per user and aligned over models`() {
        var values = UserValues(metric: .ndcg, models: ["A", "B", "C"])
        values.add(0.5, model: 0, user: "x")
        values.add(1, model: 0, user: "x")
        values.add(0.25, model: 0, user: "y")
        values.add(0.125, model: 2, user: "x")
        // B has no values, and y has none from C.
        #expect(values.metric == .ndcg)
        #expect(values.aligned.map(\.name) == ["A", "C"])
        #expect(values.aligned.map(\.values) == [[0.75], [0.125]])
        #expect(UserValues(metric: .rmse, models: ["A"]).aligned.isEmpty)
    }

    /// Values arrive in any order of folds and models.
    @Test func `only users scored by every model are kept, with their means`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20 {
            let added = (0..<60).map { _ in
                (
                    value: Double(generator.next(below: 9)), model: generator.next(below: 3),
                    user: generator.next(below: 12)
                )
            }
            var values = UserValues(metric: .rmse, models: ["A", "B", "C"])
            for one in added { values.add(one.value, model: one.model, user: "\(one.user)") }
            var seen: [Int] = []
            for one in added where !seen.contains(one.user) { seen.append(one.user) }
            let shared = seen.filter { user in
                (0..<3).allSatisfy { model in added.contains { $0.user == user && $0.model == model } }
            }
            let expected = (0..<3).map { model in
                shared.map { user in
                    let own = added.filter { $0.user == user && $0.model == model }
                    return own.reduce(0) { $0 + $1.value } / Double(own.count)
                }
            }
            #expect(values.aligned.map(\.values) == expected && !shared.isEmpty)
        }
    }
}

import Evaluation
import LinearAlgebra
import Testing

struct PrequentialErrorTests {
    @Test func `means match the worked examples`() {
        var sums = ErrorSums()
        for (error, isHit) in [(1.0, true), (-2, false)] { sums += ScoredRating(error: error, isHit: isHit).sums }
        for _ in 0..<2 { sums += ScoredRating(error: nil, isHit: false).sums }
        #expect(sums.count == 2 && sums.likes == 4)
        #expect(abs((sums.rmse ?? 0) - 1.581139) < 1e-6)
        #expect(sums.mae == 1.5)
        #expect(sums.hitRate == 0.25)
    }

    @Test func `nothing scored has no means`() {
        #expect(ErrorSums().rmse == nil && ErrorSums().mae == nil && ErrorSums().hitRate == nil)
    }

    /// Total, window and drained sums equal those over the kept list of scores.
    @Test(arguments: [1, 7, 100]) func `sums equal those of a kept list`(_ window: Int) {
        var generator = SeededGenerator(seed: 9)
        var error = PrequentialError(models: ["a", "b"], window: window)
        var kept: [(scores: [ScoredRating], isNew: Bool)] = []
        var drained = 0
        for step in 0..<400 {
            let scores = [
                ScoredRating(error: generator.normal(), isHit: step % 3 == 0 ? nil : generator.uniform() < 0.2),
                ScoredRating(error: step % 5 == 0 ? nil : generator.normal(), isHit: nil),
            ]
            let isNew = generator.uniform() < 0.3
            error.add(scores, user: 0, isNew: isNew, width: 4)
            kept.append((scores, isNew))
            expect(error.current, kept.suffix(window)[...])
            expect(error.total, kept[...])
            if step % 37 == 0 {
                expect(error.drain().parts, kept[drained...])
                drained = kept.count
            }
        }
        #expect(error.count == 400)
    }

    private func expect(_ parts: [PrequentialError.Part], _ kept: ArraySlice<(scores: [ScoredRating], isNew: Bool)>) {
        #expect(parts.map(\.model) == ["a", "b", "a", "b"])
        #expect(parts.map(\.users) == [.all, .all, .new, .new])
        for (place, part) in parts.enumerated() {
            var sums = ErrorSums()
            for (scores, isNew) in kept where part.users == .all || isNew { sums += scores[place % 2].sums }
            #expect(part.sums.count == sums.count && part.sums.likes == sums.likes && part.sums.hits == sums.hits)
            #expect(abs(part.sums.squaredError - sums.squaredError) < 1e-9)
            #expect(abs(part.sums.absoluteError - sums.absoluteError) < 1e-9)
        }
    }

    @Test func `users are counted in the window and before it`() {
        var error = PrequentialError(models: ["a"], window: 3)
        var people: [[Int]] = []
        for user in [7, 7, 8, 9, 9] {
            error.add([ScoredRating(error: 1, isHit: nil)], user: user, isNew: false, width: nil)
            people.append([error.people.inWindow, error.people.before])
        }
        #expect(people == [[1, 0], [1, 0], [2, 0], [3, 1], [2, 1]])
    }

    @Test func `a model that gets worse is marked, and one that does not is not`() throws {
        var generator = SeededGenerator(seed: 3)
        var error = PrequentialError(models: ["steady", "worse"], window: 10_000)
        for step in 0..<12_000 {
            let scale = step < 6_000 ? 0.9 : 1.3
            error.add(
                [
                    ScoredRating(error: 0.9 * generator.normal(), isHit: nil),
                    ScoredRating(error: scale * generator.normal(), isHit: nil),
                ], user: 0, isNew: false, width: 4)
        }
        #expect(Set(error.drifts.map(\.model)) == ["worse"])
        let first = try #require(error.drifts.first)
        #expect(6_000..<7_000 ~= first.count && first.after > first.before)
        #expect(error.drifts.count == 1)
        #expect(error.drain().drifts == error.drifts && error.drain().drifts.isEmpty)
    }
}

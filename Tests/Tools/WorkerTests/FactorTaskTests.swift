import Factorization
import LinearAlgebra
import Ratings
import TestSupport
import Testing
import Worker

struct FactorTaskTests {
    private let ratings = RatingMatrix.random(users: 70, items: 30, density: 0.4, seed: 3)

    @Test(arguments: [(1, false), (4, false), (3, true)])
    func `als by workers is als on one machine, to the bit`(blocks: Int, streamed: Bool) throws {
        var configuration = ALSConfiguration()
        (configuration.rank, configuration.iterations, configuration.restarts) = (3, 2, 1)
        configuration.solver = .kernel
        var losses: [Double] = []
        let model = try AlternatingLeastSquares(configuration).fit(ratings) { losses.append($1) }
        let task: [String: Any] = [
            "task": "als", "regularization": configuration.regularization,
            "biasRegularization": configuration.biasRegularization,
            "regularizationExponent": configuration.regularizationExponent,
        ]
        let found = try WorkerFit().fit(
            task, users: Side("user", ratings.byUser, order: 4, blocks: blocks),
            items: Side("item", ratings.byUser.transposed(), order: 4, blocks: max(1, blocks - 1)), iterations: 2,
            streamed: streamed, isExplicit: true)
        func vectors(_ factors: Factors) -> [Float] {
            (0..<factors.vectors.rows).flatMap { Array(factors.vectors.row($0)) + [factors.biases[$0]] }
        }
        #expect(found.users == vectors(model.parts[0].users))
        #expect(found.items == vectors(model.parts[0].items))
        #expect(found.losses == losses)
    }

    @Test(arguments: [(1, true), (4, true), (3, false)])
    func `implicit by workers is implicit on one machine, to the bit`(blocks: Int, streamed: Bool) throws {
        var configuration = ImplicitConfiguration()
        (configuration.rank, configuration.iterations, configuration.solver) = (3, 2, .kernel)
        var losses: [Double] = []
        let model = try ImplicitALS(configuration).fit(ratings) { losses.append($1) }
        let task: [String: Any] = [
            "task": "implicit", "regularization": configuration.regularization,
            "unobservedWeight": configuration.unobservedWeight,
            "regularizationExponent": configuration.regularizationExponent,
            "threshold": model.configuration.feedback.threshold ?? 0, "least": configuration.feedback.least,
            "most": configuration.feedback.most, "highestWeight": configuration.highestWeight,
            "scaleMinimum": model.scale.minimum, "scaleMaximum": model.scale.maximum,
        ]
        let found = try WorkerFit().fit(
            task, users: Side("user", ratings.byUser, order: 3, blocks: blocks),
            items: Side("item", ratings.byUser.transposed(), order: 3, blocks: max(1, blocks - 1)), iterations: 2,
            streamed: streamed, isExplicit: false)
        #expect(found.users == Array(model.users.storage))
        #expect(found.items == Array(model.items.storage))
        #expect(found.losses == losses)
    }

    // MARK: - Refusals

    private let als: [String: Any] = [
        "task": "als", "rank": 1, "partners": 3, "solver": "lapack", "regularization": 0, "biasRegularization": 0,
        "regularizationExponent": 0, "mean": 3, "first": 10, "side": "user",
    ]
    private let rows = [
        Frame(.rows, Payload().integer(1, 0).integers([0, 2]).int32([0, 2]).floats([4, 5])),
        Frame(.chunks, Payload().integer(1)),
    ]

    private func features(_ ids: [Int32], _ elements: [Float]) -> Frame {
        Frame(.features, Payload().integer(ids.count, 2).int32(ids).floats(elements))
    }

    @Test(arguments: [0, 1])
    func `a rated partner without features is named`(stream: Int) throws {
        let settings = als.merging(["stream": stream, "regularization": 1, "biasRegularization": 1]) { $1 }
        #expect(try run(settings, rows + [features([0, 2], [1, 0, 2, 0]), Frame(.solve)]).failure == nil)
        for frames in [[], [features([0, 1], [1, 0, 2, 0])], [features([2], [1, 0])]] {
            let failure = try run(settings, rows + frames + [Frame(.solve)]).failure
            #expect(failure?.code == .badInput && failure?.description.contains("partner") ?? false, "\(frames.count)")
        }
        for frames in [
            [features([2, 0], [1, 0, 2, 0])], [features([0], [1, 0]), features([0], [1, 0])], [features([3], [1, 0])],
        ] {
            #expect(try run(settings, rows + frames + [Frame(.solve)]).failure?.code == .badInput)
        }
    }

    @Test(arguments: [0, 1])
    func `equations without a solution name the row of the side`(stream: Int) throws {
        let frames = rows + [features([0, 2], [0, 0, 0, 0]), Frame(.solve)]
        let failure = try run(als.merging(["stream": stream]) { $1 }, frames).failure
        #expect(failure?.code == .noResult && failure?.description.hasPrefix("user 10: the normal equations") ?? false)
    }

    @Test(arguments: [0, 1])
    func `factors that overflow are refused`(stream: Int) throws {
        // t = 10³⁰ and x = 10⁻¹⁹: the factor would be 10⁴⁹.
        let settings = als.merging(["stream": stream, "biasRegularization": 1]) { $1 }
        let frames = rows + [features([0, 2], [1e-19, -1e30, 1e-19, -1e30]), Frame(.solve)]
        let answer = try run(settings, frames)
        #expect(
            answer.failure?.code == .noResult && answer.failure?.description.hasPrefix("the factors are not") ?? false)
        #expect(answer.of(.solution).isEmpty)
    }

    @Test func `frames that contradict themselves are refused`() throws {
        func ends(_ ends: [Int32]) -> Frame { Frame(.routes, Payload().int32(ends)) }
        let cases: [Frame] = [
            ends([1, 2]), ends([2, 1, 3]), ends([4]), ends([-1, 3]), ends([0]), ends([]),
            Frame(.routes, [3, 0, 0, 0]), Frame(.chunks, Payload().integer(2)), Frame(.chunks, Payload().integer(1, 1)),
            Frame(.features, Payload().integer(1, 3).int32([0]).floats([1, 2, 3])), features([0], [1, .infinity]),
            Frame(.rows, Payload().integer(1, 5).integers([0, 0])),
            Frame(.rows, Payload().integer(1, 0).integers([0, 1]).int32([2]).floats([1])),
        ]
        for (index, frame) in cases.enumerated() {
            let before = frame.kind == .features ? rows : Array(rows.prefix(1))
            #expect(try run(als, before + [frame]).failure?.description.hasPrefix(frame.kind.name) ?? false, "\(index)")
        }
        for ends in [[3], [1, 3], [0, 0, 3], [1, 1, 3], [1, 3, 3]] as [[Int32]] {
            let frames = rows + [Frame(.routes, Payload().int32(ends)), Frame(.first, Payload().words([1, 2, 3, 4]))]
            let answer = try run(als, frames)
            // The row has rated the partners 0 and 2: the blocks that hold them, counted from 0.
            let blocks = answer.of(.routed).map { frame -> Int in
                var taker = Taker(frame)
                return taker.integers(1)[0]
            }
            let expected = [0, 2].compactMap { partner in ends.firstIndex { $0 > partner } }
            #expect(blocks == Array(Set(expected)).sorted(), "\(ends)")
        }
    }
}

import Engine
import Factorization
import Foundation
import Neighbors
import Ratings
import Testing

/// Reasons are those of the model: what they add up to is what it says.
struct ExplanationTests {
    private let train = ContractData.train
    private let items = [0, 7, 30, ContractData.itemCount - 1]

    private func contributions(
        _ model: FittedModel, _ item: Int, _ own: UserRatings
    ) throws -> [Explanation.Contribution]? {
        switch try model.explanation(of: item, for: Person(guest: own)) {
        case .stars(let contributions), .shares(let contributions): return contributions
        default: return nil
        }
    }

    /// Of explicit least squares, beside the bias of the item, which is all that one is told who has rated nothing.
    @Test(arguments: [ModelKind.als, .implicit, .ease])
    func `contributions make up the score`(_ kind: ModelKind) throws {
        let model = try ContractData.fit(kind)
        let recommender = try #require(model.recommender)
        let biases = try recommender.scores(foldingIn: UserRatings([]))
        for own in [0, 1, 4, 26].map(train.userRatings) + ContractData.guests.dropFirst() {
            let scores = try recommender.scores(foldingIn: own)
            // The bias of the user is in no score.
            let bias = try contributions(model, items[0], own).map { $0.reduce(0) { $0 + $1.value } - scores[items[0]] }
            func rest(_ item: Int) -> Float { kind == .als ? (bias ?? 0) + biases[items[0]] - biases[item] : 0 }
            for item in items {
                let parts = try #require(try contributions(model, item, own))
                #expect(parts.map { Int32($0.item) }.sorted() == own.items)
                for part in parts {
                    #expect(own.items.firstIndex(of: Int32(part.item)).map { own.values[$0] } == part.rating)
                }
                for (one, next) in zip(parts, parts.dropFirst()) { #expect(one.value >= next.value) }
                let isSilent = kind != .als && parts.allSatisfy { $0.value == 0 }
                guard !isSilent else { continue }
                let sum = parts.reduce(0) { $0 + $1.value }
                #expect(abs(sum - scores[item] - rest(item)) < 1e-4)
            }
        }
        #expect(try #require(try contributions(model, 0, UserRatings([]))).isEmpty)
    }

    @Test func `evidence comes from neighbors who rated the item`() throws {
        let model = try ContractData.fit(.knn)
        let recommender = try #require(model.recommender)
        for user in [0, 8, 26] {
            let own = train.userRatings(user)
            for (known, scores) in [
                (user, recommender.scores(user: user)), (nil, try recommender.scores(foldingIn: own)),
            ] {
                for item in items {
                    let found = try model.explanation(
                        of: item, for: known.map { Person(user: $0, of: train) } ?? Person(guest: own))
                    guard case .neighbors(let all)? = found else {
                        Issue.record("no neighbors")
                        continue
                    }
                    let evidence = all.raters
                    #expect(evidence.count <= all.neighborCount && all.neighborCount <= 120)
                    for one in evidence {
                        #expect(train.rating(user: Int(one.neighbor.user), item: item) == one.rating)
                        #expect(Int(one.neighbor.user) != known)
                    }
                    #expect(Set(evidence.map(\.neighbor.user)).count == evidence.count)
                    // Similarities to the power of 3: the weightiest first, and all together the score.
                    let weights = evidence.map { pow(Double($0.neighbor.similarity), 3) * Double($0.rating) }
                    for (one, next) in zip(weights, weights.dropFirst()) { #expect(one >= next * (1 - 1e-5)) }
                    let sum = weights.reduce(0, +)
                    #expect(abs(sum - Double(scores[item])) < 1e-4 * max(1, sum))
                    #expect((item < 44) == (sum > 0))
                }
            }
        }
    }

    @Test func `the distribution is the model's own`() throws {
        let model = try ContractData.fit(.bayes)
        guard case .bayes(let bayes) = model else {
            Issue.record("another model")
            return
        }
        for user in [0, 3, 26] {
            let own = train.userRatings(user)
            for item in items {
                guard
                    case .distribution(let known)? = try model.explanation(
                        of: item, for: Person(user: user, of: train)),
                    case .distribution(let guest)? = try model.explanation(of: item, for: Person(guest: own))
                else {
                    Issue.record("no distribution")
                    return
                }
                let expected = bayes.distribution(user: user, item: item, time: nil)
                #expect(known.mean == bayes.scale.clamped(expected.mean))
                #expect(known.standardDeviation == expected.standardDeviation)
                let folded = try bayes.distribution(foldingIn: own, item: item)
                #expect(guest.mean == bayes.scale.clamped(folded.mean))
                #expect(guest.standardDeviation == folded.standardDeviation)
                #expect(known.standardDeviation > 0 && guest.standardDeviation > 0)
            }
        }
    }

    @Test(arguments: [ModelKind.global, .userMean, .itemMean, .baseline, .popularity])
    func `means and popularity give no reasons`(_ kind: ModelKind) throws {
        let model = try ContractData.fit(kind)
        #expect(try model.explanation(of: 0, for: Person(user: 0, of: train)) == nil)
        #expect(try model.explanation(of: 0, for: Person(guest: UserRatings([]))) == nil)
    }
}

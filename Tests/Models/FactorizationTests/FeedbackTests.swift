import Factorization
import Ratings
import TestSupport
import Testing

struct FeedbackTests {
    private let oneToFive = RatingScale(minimum: 1, maximum: 5, step: 1)

    private func feedback(_ change: (inout Feedback) -> Void = { _ in }) -> Feedback {
        var feedback = Feedback()
        change(&feedback)
        return feedback
    }

    @Test func `strengths match the worked example`() {
        let chosen = feedback {
            $0.least = 0.25
            $0.most = 1.5
        }
        #expect((1...5).map { chosen.strength(Float($0), on: oneToFive) } == [0.25, 0.5, 0.75, 1, 1.5])
        #expect([1, 4, 4.5, 5].map { feedback().strength($0, on: oneToFive) } == [0, 1, 1, 1])
    }

    /// Without a threshold, likes begin three quarters up the scale; where all ratings are equal, each is a like.
    @Test func `strengths follow the scale without a threshold`() {
        let usual = feedback()
        #expect(usual.threshold == nil)
        let oneToTen = RatingScale(minimum: 1, maximum: 10, step: 1)
        let strengths: [Float] = [1, 4.5, 8, 10].map { (rating: Float) in usual.strength(rating, on: oneToTen) }
        #expect(strengths == [0, 0.5, 1, 1])
        let graded = feedback { $0.least = -1 }
        #expect(graded.strength(1, on: RatingScale(minimum: 1, maximum: 1, step: 1)) == 1)
    }

    /// A fit keeps the number that it used.
    @Test func `a fit resolves the threshold`() throws {
        let rows = (0..<6).map { user -> [(item: Int, rating: Float)] in
            (0..<5).map { item in (item, Float(1 + (3 * user + 2 * item) % 10)) }
        }
        let ratings = RatingMatrix(rows: rows, itemCount: 5)
        #expect(RatingScale.likeThreshold(of: [ratings]) == 8)
        var implicit = ImplicitConfiguration()
        implicit.rank = 2
        let model = try ImplicitALS(implicit).fit(ratings)
        #expect(model.configuration.feedback.threshold == 8)
        implicit.feedback.threshold = 8
        #expect(try ImplicitALS(implicit).fit(ratings).scores(user: 1) == model.scores(user: 1))
        #expect(try EASE.fit(ratings).configuration.feedback.threshold == 8)
        #expect(try UserEASE.fit(ratings).configuration.feedback.threshold == 8)
        implicit.feedback.threshold = 3
        #expect(try ImplicitALS(implicit).fit(ratings).configuration.feedback.threshold == 3)
    }

    @Test(arguments: [Float(2), 3.5, 4, 5])
    func `strength is linear on either side of the threshold`(_ threshold: Float) {
        let chosen = feedback {
            $0.threshold = threshold
            $0.least = -0.5
            $0.most = 2
        }
        func strength(_ rating: Float) -> Float { chosen.strength(rating, on: oneToFive) }
        #expect(strength(1) == -0.5 && strength(threshold) == 1)
        #expect(strength(5) == (threshold == 5 ? 1 : 2))
        for (low, high) in [(1, threshold), (threshold, 5)] {
            #expect(abs(strength((low + high) / 2) - (strength(low) + strength(high)) / 2) < 1e-6)
        }
    }

    /// A guest may rate outside the scale of the training data, and the threshold may be its lowest rating.
    @Test func `ratings off the scale count as its ends`() {
        for threshold: Float in [1, 4, 5] {
            let chosen = feedback {
                $0.threshold = threshold
                $0.most = 1.5
            }
            #expect(chosen.strength(-3, on: oneToFive) == chosen.strength(1, on: oneToFive))
            #expect(chosen.strength(9, on: oneToFive) == chosen.strength(5, on: oneToFive))
            #expect(chosen.strength(0.5, on: oneToFive).isFinite)
        }
    }

    @Test func `options out of range are rejected`() {
        for wrong in [
            feedback { $0.threshold = .nan }, feedback { $0.least = 1.1 }, feedback { $0.least = -.infinity },
            feedback { $0.most = 0.9 }, feedback { $0.most = .infinity },
        ] {
            #expect(throws: FactorizationError.self) { try wrong.validate() }
        }
    }
}

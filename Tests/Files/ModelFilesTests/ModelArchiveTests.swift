import FileOutput
import Foundation
import LinearAlgebra
import ModelFiles
import Ratings
import TestSupport
import Testing

/// Saved models reload bit for bit, or are rejected.
struct ModelArchiveTests {
    private func refusal(_ saved: SavedModel, for ratings: RatingMatrix = ModelSample.ratings) throws -> InputError {
        let error = try #require(throws: InputError.self) { _ = try saved.reload(for: ratings) }
        #expect(!error.problem.isEmpty && !error.remedy.isEmpty)
        return error
    }

    @Test(arguments: ModelSample.allCases)
    func `reloaded model gives the same bits`(_ sample: ModelSample) throws {
        let saved = try SavedModel(sample)
        let answers = try saved.model.answers()
        let reloaded = try saved.reload()
        #expect(reloaded.name == saved.model.name)
        #expect(try reloaded.answers() == answers)
        #expect(try sample.fit(seed: 2).answers() != answers, "answers tell models apart")
    }

    @Test func `every kind of model writes its arrays`() throws {
        func arrays(_ sample: ModelSample) throws -> [String] {
            try SavedModel(sample).arrays.map { $0.replacing(".npy", with: "") }
        }
        let plain = ["item_biases", "item_factors", "user_biases", "user_factors"]
        #expect(try arrays(.als) == plain && arrays(.nonnegative) == plain)
        #expect(try arrays(.restarts) == (plain + plain.map { $0 + "_2" }).sorted())
        #expect(try arrays(.implicit) == ["item_factors", "item_likes", "user_factors"])
        let posterior = ["item", "user"].flatMap { ["\($0)_covariances", "\($0)_means", "\($0)_noise"] }
        #expect(try arrays(.bayes) == posterior)
        #expect(try arrays(.features) == ["hour_means", "hour_offsets", "hour_variances", "hours"] + posterior)
    }

    @Test(arguments: [ModelSample.als, .implicit, .features])
    func `model reloads for the same IDs, whatever the rating values`(_ sample: ModelSample) throws {
        let saved = try SavedModel(sample)
        let ratings = ModelSample.ratings
        let others = RatingMatrix(
            users: ratings.users, items: ratings.items,
            byUser: ratings.byUser.withValues(ratings.byUser.values.map { 6 - $0 }))
        #expect(try saved.reload(for: others).answers() == saved.model.answers())

        let names = (0..<ratings.items.count).map { $0 == 4 ? "four" : "\($0)" }
        let renamed = RatingMatrix(users: ratings.users, items: Vocabulary(names), byUser: ratings.byUser)
        let fewer = RatingMatrix.random(users: 23, items: 17, density: 0.4, seed: 3)
        for (other, users) in [(renamed, 24), (fewer, 23)] {
            let error = try refusal(saved, for: other)
            #expect(error.file == saved.path("model.json"))
            #expect(error.problem.contains("other users or items (24 and 17) than these (\(users) and 17)"))
        }
    }

    @Test(arguments: ModelSample.allCases)
    func `other formats and versions are rejected`(_ sample: ModelSample) throws {
        let saved = try SavedModel(sample)
        try saved.mend { $0["format_version"] = 2 }
        let version = try refusal(saved)
        #expect(version.file == saved.path("model.json"))
        #expect(version.problem == "its format version is 2, but this program reads 1")
        try saved.mend {
            $0["format_version"] = 1
            $0["format"] = "kindred-graph"
        }
        #expect(try refusal(saved).problem == "it is not the description of a model")
        try saved.mend {
            $0["format"] = "kindred-model"
            $0["model"] = "magic"
        }
        #expect(try refusal(saved).problem == "its model magic is unknown")
        try saved.mend { $0["model"] = saved.model.name }
        #expect(try saved.reload().answers() == saved.model.answers())
    }

    @Test func `folder without a model is rejected`() throws {
        let scratch = try Scratch()
        for folder in [scratch.url.path, scratch.path("none")] {
            let error = try #require(throws: InputError.self) {
                try ModelArchive.read(folder, for: ModelSample.ratings)
            }
            #expect(error.file == "\(folder)/model.json" && error.topic == .savedModels)
        }
    }
}

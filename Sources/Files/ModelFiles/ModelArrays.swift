import Factorization
import FileOutput
import Foundation
import LinearAlgebra
import Platform
import Ratings

/// The arrays of a saved model, each validated against shape and checksum in `model.json`.
struct ModelArrays {
    let folder: String
    let manifest: ModelManifest

    func factorModel(_ configuration: ALSConfiguration) throws -> FactorModel {
        try configuration.validate()
        guard let restarts = Int(exactly: try number("restarts")), restarts >= 1, restarts <= manifest.arrays.count
        else {
            throw NPYContents.damaged(
                ModelArchive.path(folder, "model.json"), "its number restarts is missing or invalid")
        }
        let parts = try (0..<restarts).map { index in
            let suffix = index == 0 ? "" : "_\(index + 1)"
            return FactorModel.Part(
                users: Factors(
                    vectors: try matrix("user_factors\(suffix)", manifest.users, configuration.rank),
                    biases: try floats("user_biases\(suffix)", [manifest.users])),
                items: Factors(
                    vectors: try matrix("item_factors\(suffix)", manifest.items, configuration.rank),
                    biases: try floats("item_biases\(suffix)", [manifest.items])))
        }
        return FactorModel(
            mean: Float(try number("mean")), parts: parts, configuration: configuration,
            scale: RatingScale(manifest.scale))
    }

    func implicitModel(_ configuration: ImplicitConfiguration) throws -> ImplicitModel {
        try configuration.validate()
        guard let scale = RatingScale(manifest.scale) else {
            throw NPYContents.damaged(ModelArchive.path(folder, "model.json"), "it has no scale")
        }
        return ImplicitModel(
            users: try matrix("user_factors", manifest.users, configuration.rank),
            items: try matrix("item_factors", manifest.items, configuration.rank), configuration: configuration,
            scale: scale, likes: PopularityModel(counts: try floats("item_likes", [manifest.items])))
    }

    func bayesianModel(_ configuration: BayesianConfiguration) throws -> BayesianModel {
        try configuration.validate()
        let spread = NoisePosterior(
            variance: try number("noise_variance"), users: try floats("user_noise", [manifest.users]),
            items: try floats("item_noise", [manifest.items]))
        return BayesianModel(
            mean: try number("mean"), users: try posterior("user", manifest.users, configuration.rank),
            items: try posterior("item", manifest.items, configuration.rank), spread: spread, hours: try hours(),
            configuration: configuration, scale: RatingScale(manifest.scale))
    }

    private func posterior(_ side: String, _ rows: Int, _ rank: Int) throws -> PosteriorVectors {
        let order = rank + 1
        return PosteriorVectors(
            means: try matrix("\(side)_means", rows, order),
            covariances: MatrixStack(
                count: rows, order: order, elements: try floats("\(side)_covariances", [rows, order, order])))
    }

    private func hours() throws -> HourPosterior? {
        guard manifest.arrays["hours.npy"] != nil else { return nil }
        let hours = try contents("hours", nil).integers()
        let offsets = try contents("hour_offsets", [manifest.users + 1]).integers().map(Int.init)
        guard offsets.first == 0, offsets.last == hours.count, zip(offsets, offsets.dropFirst()).allSatisfy(<=) else {
            throw NPYContents.damaged(ModelArchive.path(folder, "hour_offsets.npy"), "its offsets are invalid")
        }
        return HourPosterior(
            offsets: offsets, startHours: hours, means: try floats("hour_means", [hours.count]),
            variances: try floats("hour_variances", [hours.count]),
            unseenVariance: try number("unseen_hour_variance"))
    }

    private func number(_ name: String) throws(InputError) -> Double {
        guard let number = manifest.numbers[name], number.isFinite else {
            throw NPYContents.damaged(
                ModelArchive.path(folder, "model.json"), "its number \(name) is missing or invalid")
        }
        return number
    }

    private func matrix(_ name: String, _ rows: Int, _ columns: Int) throws(InputError) -> DenseMatrix<Float> {
        DenseMatrix(rows: rows, columns: columns, elements: try floats(name, [rows, columns]))
    }

    private func floats(_ name: String, _ shape: [Int]) throws(InputError) -> [Float] {
        let values = try contents(name, shape).floats()
        guard values.allSatisfy(\.isFinite) else {
            throw NPYContents.damaged(ModelArchive.path(folder, "\(name).npy"), "it has numbers that are not finite")
        }
        return values
    }

    private func contents(_ name: String, _ shape: [Int]?) throws(InputError) -> NPYContents {
        let file = ModelArchive.path(folder, "\(name).npy")
        let bytes = Array(try ModelArchive.bytes(folder, "\(name).npy"))
        guard let expected = manifest.arrays["\(name).npy"] else {
            throw NPYContents.damaged(file, "model.json does not list it")
        }
        guard sha256(bytes).hexadecimal == expected.sha256 else {
            throw NPYContents.damaged(file, "its checksum does not match model.json")
        }
        let contents = try NPYContents(bytes, file: file)
        guard contents.shape == shape ?? expected.shape else {
            throw NPYContents.damaged(file, "its shape is \(contents.shape), not \(shape ?? expected.shape)")
        }
        return contents
    }
}

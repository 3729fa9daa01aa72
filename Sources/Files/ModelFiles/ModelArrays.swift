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

    /// What no number of a model exceeds, ten times the largest rating: products of two stay in the range of `Float`.
    private static let largest: Float = 1e13
    private static let spreads = 0...largest * largest
    /// What others are divided by.
    private static let noises = Float.leastNormalMagnitude...largest * largest

    func factorModel(_ configuration: ALSConfiguration) throws -> FactorModel {
        try configuration.validate()
        let most = Float(min(OptionRange.restarts.upperBound, manifest.arrays.count))
        guard let restarts = Int(exactly: try number("restarts", in: 0...most)), restarts >= 1 else {
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
            mean: Float(try number("mean", in: means())), parts: parts, configuration: configuration,
            scale: try scale())
    }

    func implicitModel(_ configuration: ImplicitConfiguration) throws -> ImplicitModel {
        try configuration.validate()
        guard let scale = try scale() else {
            throw NPYContents.damaged(ModelArchive.path(folder, "model.json"), "it has no scale")
        }
        return ImplicitModel(
            users: try matrix("user_factors", manifest.users, configuration.rank),
            items: try matrix("item_factors", manifest.items, configuration.rank), configuration: configuration,
            scale: scale,
            likes: PopularityModel(counts: try floats("item_likes", [manifest.items], in: 0...Self.largest)))
    }

    func bayesianModel(_ configuration: BayesianConfiguration) throws -> BayesianModel {
        try configuration.validate()
        let spread = NoisePosterior(
            variance: try number("noise_variance", in: Self.noises),
            users: try floats("user_noise", [manifest.users], in: Self.noises),
            items: try floats("item_noise", [manifest.items], in: Self.noises))
        return BayesianModel(
            mean: try number("mean", in: means()), users: try posterior("user", manifest.users, configuration.rank),
            items: try posterior("item", manifest.items, configuration.rank), spread: spread, hours: try hours(),
            configuration: configuration, scale: try scale())
    }

    private func posterior(_ side: String, _ rows: Int, _ rank: Int) throws -> PosteriorVectors {
        let order = rank + 1
        let covariances = try floats(
            "\(side)_covariances", [rows, order, order], in: -Self.spreads.upperBound...Self.spreads.upperBound)
        // The variances are on the diagonals.
        guard covariances.indices.allSatisfy({ $0 % (order * order) % (order + 1) > 0 || covariances[$0] >= 0 }) else {
            throw NPYContents.damaged(
                ModelArchive.path(folder, "\(side)_covariances.npy"), "it has a variance below 0")
        }
        return PosteriorVectors(
            means: try matrix("\(side)_means", rows, order),
            covariances: MatrixStack(count: rows, order: order, elements: covariances))
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
            variances: try floats("hour_variances", [hours.count], in: Self.spreads),
            unseenVariance: try number("unseen_hour_variance", in: Self.spreads))
    }

    private func scale() throws(InputError) -> RatingScale? {
        guard let stored = manifest.scale else { return nil }
        guard let scale = RatingScale(stored) else {
            throw NPYContents.damaged(ModelArchive.path(folder, "model.json"), "its scale is invalid")
        }
        return scale
    }

    /// Where the mean of the ratings can be: on their scale, or as a draw of it beside that.
    private func means() throws(InputError) -> ClosedRange<Float> {
        guard let scale = try scale() else { return RatingScale.widest }
        let width = scale.maximum - scale.minimum
        return scale.minimum - width...scale.maximum + width
    }

    private func number(_ name: String, in range: ClosedRange<Float>) throws(InputError) -> Double {
        guard let number = manifest.numbers[name], range.contains(Float(number)) else {
            throw NPYContents.damaged(
                ModelArchive.path(folder, "model.json"), "its number \(name) is missing or invalid")
        }
        return number
    }

    private func matrix(_ name: String, _ rows: Int, _ columns: Int) throws(InputError) -> DenseMatrix<Float> {
        DenseMatrix(rows: rows, columns: columns, elements: try floats(name, [rows, columns]))
    }

    private func floats(
        _ name: String, _ shape: [Int], in range: ClosedRange<Float> = -largest...largest
    ) throws(InputError) -> [Float] {
        let values = try contents(name, shape).floats()
        guard values.allSatisfy(range.contains) else {
            throw NPYContents.damaged(
                ModelArchive.path(folder, "\(name).npy"), "it has numbers that are not finite, or that no model has")
        }
        return values
    }

    private func contents(_ name: String, _ shape: [Int]?) throws(InputError) -> NPYContents {
        let file = ModelArchive.path(folder, "\(name).npy")
        let bytes = try ModelArchive.bytes(folder, "\(name).npy")
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

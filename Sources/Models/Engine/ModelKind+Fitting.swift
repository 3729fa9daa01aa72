import Factorization
public import Ratings

extension ModelKind {
    /// Fits several models; `implicit` is a part of `blend` and fitted once for both.
    ///
    /// - Parameters:
    ///   - known: models that were fitted before on the same ratings.
    ///   - progress: called with the model at work and the share of its fit that is done.
    /// - Returns: all of them, without `blend` where its matrix of users would exceed the memory limit.
    /// - Throws: what a fit throws.
    public static func fit(
        _ kinds: [ModelKind], _ dataset: Dataset, _ configuration: ModelConfiguration,
        known: [ModelKind: FittedModel] = [:], progress: (ModelKind, Double) -> Void = { _, _ in }
    ) throws -> [ModelKind: FittedModel] {
        var models = known.filter { kinds.contains($0.key) }
        for kind in kinds where models[kind] == nil {
            progress(kind, 0)
            let implicit = models.values.lazy.compactMap(\.implicitPart).first
            switch (kind, implicit) {
            case (.implicit, let implicit?): models[kind] = .implicit(implicit)
            case (.blend, let implicit?):
                models[kind] = try unlessTooLarge {
                    try FittedModel.blend(dataset, configuration.ranked(for: dataset.ratings)) { implicit }
                }
            case (.blend, nil):
                models[kind] = try withoutActuallyEscaping(progress) { progress in
                    try unlessTooLarge { try kind.fit(dataset, configuration) { share, _ in progress(kind, share) } }
                }
            default:
                models[kind] = try withoutActuallyEscaping(progress) { progress in
                    try kind.fit(dataset, configuration) { share, _ in progress(kind, share) }
                }
            }
            progress(kind, 1)
        }
        return models
    }

    private static func unlessTooLarge(_ fit: () throws -> FittedModel) throws -> FittedModel? {
        do { return try fit() } catch FactorizationError.tooLarge { return nil }
    }
}

extension FittedModel {
    fileprivate var implicitPart: ImplicitModel? {
        switch self {
        case .implicit(let model): model
        case .blend(let model): model.implicit
        default: nil
        }
    }
}

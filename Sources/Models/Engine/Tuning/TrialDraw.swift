import LinearAlgebra

/// What the trials of a search set: the first nothing, for it is the defaults, the others what they draw.
struct TrialDraw {
    let model: ModelKind
    let seed: UInt64
    /// No count is drawn above it.
    let highestRank: Int

    /// The settings of a trial, counted from 0, which depend on nothing but its number.
    ///
    /// Every other trial changes about half of the parameters and leaves the rest at the defaults, which are good ones.
    func settings(_ trial: Int) -> [ModelSetting] {
        guard trial > 0 else { return [] }
        var generator = SeededGenerator(seed: seed, model.place, trial)
        return model.parameters.compactMap { parameter in
            guard let search = parameter.search, !search.isSteps else { return nil }
            let (share, isKept) = (generator.uniform(), generator.uniform() < 0.5)
            if trial.isMultiple(of: 2) && isKept { return nil }
            let range = parameter.name == "rank" ? search.capped(at: highestRank) : search
            return ModelSetting(model, parameter.name, range.value(at: share))
        }
    }
}

extension ModelKind {
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// The parameter that one fit tells for all of its values, as it comes to them one after the other.
    var steps: (parameter: ModelParameter, values: [String])? {
        for parameter in parameters {
            if case .steps(let values) = parameter.search { return (parameter, values.map { "\($0)" }) }
        }
        return nil
    }
}

import Kindred

/// How models are fitted, from option lines.
struct ModelOptions {
    private var lines: OptionLines

    init(_ text: UnsafePointer<CChar>?) throws(Failure) { lines = try unsafe OptionLines(text) }

    /// An option that is not of a model; the default where it is not given.
    mutating func count(_ name: String, default usual: Int, in range: ClosedRange<Int>) throws(Failure) -> Int {
        var count = usual
        try lines.take(name, into: &count)
        guard range.contains(count) else { throw .value("\(name) is \(count); it has to be \(range.words)") }
        return count
    }

    /// A seed for splits and all models.
    mutating func seed() throws(Failure) -> UInt64 {
        var seed: UInt64 = 1
        try lines.take("seed", into: &seed)
        return seed
    }

    /// The configuration of one model, after all other options were taken; its parameters need no name before them, as `rank`.
    ///
    /// - Throws: `Failure` and `ModelSettingError` for unknown options, what a model throws for values out of range.
    consuming func configuration(for model: ModelKind) throws -> ModelConfiguration {
        try shared().with(lines.takeAll(), of: model)
    }

    /// Models with their configurations, after all other options were taken; names of parameters follow those of the models,
    /// as `als.rank`.
    ///
    /// - Parameter seed: of all models that are given none.
    /// - Throws: as `configuration(for:)`.
    /// - Returns: the models, and what is of all.
    consuming func configurations(
        for models: [NamedModel], seed: UInt64
    ) throws -> (models: [ComparedModel], shared: ModelConfiguration) {
        var shared = try shared()
        shared.seed = seed
        // Longer names first: one may begin as another does.
        var settings: [String: [(name: String, value: String)]] = [:]
        for model in models.sorted(by: { $0.name.count > $1.name.count }) {
            settings[model.name] = lines.takeAll(after: model.name + ".")
        }
        let compared = try models.map { model in
            let configuration = try shared.with(settings[model.name] ?? [], of: model.kind)
            return ComparedModel(model.name, model.kind, configuration: configuration)
        }
        if let other = lines.takeAll().first {
            throw Failure.value(
                "there is no option \"\(other.name)\"; parameters follow the names of models, as "
                    + "\(models[0].name).\(models[0].kind.parameters.first?.name ?? "…")")
        }
        return (compared, shared)
    }

    /// The options of all models.
    private mutating func shared() throws(Failure) -> ModelConfiguration {
        var configuration = ModelConfiguration()
        configuration.threads = try lines.threads()
        try lines.take("products", into: &configuration.products)
        if let text = lines.text("relevant") {
            guard let relevant = Float(text), RatingScale.widest.contains(relevant) else {
                throw .value("relevant is \"\(text)\"; it has to be \(RatingScale.widest.words)")
            }
            configuration.relevance = relevant
        }
        return configuration
    }
}

extension ModelConfiguration {
    /// The same with options of a model.
    fileprivate func with(_ options: [(name: String, value: String)], of model: ModelKind) throws -> ModelConfiguration
    {
        var changed = self
        for option in options { try changed.set(ModelSetting(option, of: model)) }
        for involved in [model] + ModelKind.involved(in: [model]) { try involved.validate(changed) }
        return changed
    }
}

extension ModelSetting {
    /// The setting of an option such as `rank`, or `implicit.rank` of a model of two parts.
    fileprivate init(_ option: (name: String, value: String), of model: ModelKind) {
        let sides = option.name.split(separator: ".", maxSplits: 1).map(String.init)
        if sides.count == 2, let part = ModelKind(rawValue: sides[0]), ModelKind.involved(in: [model]).contains(part) {
            self.init(part, sides[1], option.value)
        } else {
            self.init(model, option.name, option.value)
        }
    }
}

/// A model of a comparison by its name.
struct NamedModel {
    let name: String
    let kind: ModelKind
}

/// The models that C names: kinds with commas, or one a line as `name=kind`; each name once.
func namedModels(_ text: UnsafePointer<CChar>?) throws(Failure) -> [NamedModel] {
    let text = unsafe String(c: text) ?? ""
    let separator: Character = text.contains { $0 == "\n" || $0 == "=" } ? "\n" : ","
    let models = try text.split(separator: separator, omittingEmptySubsequences: false).map { line throws(Failure) in
        let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return NamedModel(name: String(sides[0]), kind: try modelKind(String(sides[sides.count - 1])))
    }
    guard Set(models.map(\.name)).count == models.count else {
        throw .value("two models have one name; give each its own, as name=kind")
    }
    return models
}

/// A model by its name on the command line.
func modelKind(_ name: String) throws(Failure) -> ModelKind {
    guard let kind = ModelKind(rawValue: name) else {
        throw .value(
            "there is no model \"\(name)\"; there are \(ModelKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return kind
}

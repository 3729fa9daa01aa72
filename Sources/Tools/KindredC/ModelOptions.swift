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

    /// The configuration, after all other options were taken.
    ///
    /// - Parameters:
    ///   - models: those whose parameters are allowed, as `als.rank`.
    ///   - own: the model whose parameters need no name before them, as `rank`.
    ///   - seed: of all models, where one was asked for.
    /// - Throws: `Failure` and `ModelSettingError` for unknown options, what a model throws for values out of range.
    consuming func configuration(
        for models: [ModelKind], own: ModelKind? = nil, seed: UInt64? = nil
    ) throws -> ModelConfiguration {
        var configuration = ModelConfiguration()
        if let seed { configuration.seed = seed }
        configuration.threads = try lines.threads()
        try lines.take("products", into: &configuration.products)
        if let text = lines.text("relevant") {
            guard let relevant = Float(text), RatingScale.widest.contains(relevant) else {
                throw Failure.value("relevant is \"\(text)\"; it has to be \(RatingScale.widest.words)")
            }
            configuration.relevance = relevant
        }
        let involved = ModelKind.involved(in: models)
        for option in lines.takeAll() {
            guard let setting = ModelSetting(option, of: own, among: involved) else {
                throw Failure.value(Self.unknown(option.name, own, involved))
            }
            try configuration.set(setting)
        }
        for model in models + involved { try model.validate(configuration) }
        return configuration
    }

    private static func unknown(_ name: String, _ own: ModelKind?, _ involved: [ModelKind]) -> String {
        let names = involved.flatMap { model in model.parameters.map { "\(model.rawValue).\($0.name)" } }
        let all = ["threads", "products", "relevant"] + (own?.parameters.map(\.name) ?? []) + (own == nil ? names : [])
        return "there is no option \"\(name)\"; there are \(all.joined(separator: ", "))"
    }
}

extension ModelSetting {
    /// The setting of an option such as `rank` or `als.rank`; nil for a name without a model where none is meant.
    fileprivate init?(_ option: (name: String, value: String), of own: ModelKind?, among models: [ModelKind]) {
        let sides = option.name.split(separator: ".", maxSplits: 1).map(String.init)
        if sides.count == 2, let model = ModelKind(rawValue: sides[0]), models.contains(model) {
            self.init(model, sides[1], option.value)
        } else if let own, sides.count == 1 {
            self.init(own, option.name, option.value)
        } else {
            return nil
        }
    }
}

/// The models of names that C gives, each once.
func models(_ text: UnsafePointer<CChar>?) throws(Failure) -> [ModelKind] {
    let names = unsafe (String(c: text) ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let models = try names.map { name throws(Failure) in
        guard let model = ModelKind(rawValue: name) else {
            let all = ModelKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw .value("there is no model \"\(name)\"; there are \(all)")
        }
        return model
    }
    guard Set(models).count == models.count else { throw .value("a model is named twice; name each once") }
    return models
}

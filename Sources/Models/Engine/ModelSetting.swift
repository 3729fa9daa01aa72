/// One parameter of a model with its value, as on the command line and in files.
public struct ModelSetting: Sendable, Equatable {
    /// The model.
    public let model: ModelKind
    /// The name of the parameter.
    public let name: String
    /// The value as text.
    public let value: String

    /// Creates a setting, unchecked.
    public init(_ model: ModelKind, _ name: String, _ value: String) {
        self.model = model
        self.name = name
        self.value = value
    }

    /// The settings of a list such as `rank=64,regularization=2`.
    ///
    /// - Throws: `ModelSettingError.form` for what is no name with a value.
    public static func parse(_ list: String, of model: ModelKind) throws(ModelSettingError) -> [ModelSetting] {
        var settings: [ModelSetting] = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty else { throw .form(model: model, text: String(part)) }
            settings.append(ModelSetting(model, String(sides[0]), String(sides[1])))
        }
        return settings
    }
}

extension ModelConfiguration {
    /// - Throws: `ModelSettingError` for a name that the model does not have, or a value of another kind. Ranges are for
    ///   `ModelKind.validate` to see.
    public mutating func set(_ setting: ModelSetting) throws(ModelSettingError) {
        guard let parameter = setting.model.parameters.first(where: { $0.name == setting.name }) else {
            throw .unknown(model: setting.model, name: setting.name)
        }
        guard parameter.set(setting.value, in: &self) else {
            throw .value(name: setting.name, value: setting.value, values: parameter.values)
        }
    }

    /// All parameters of a model as they stand.
    public func settings(of model: ModelKind) -> [ModelSetting] {
        model.parameters.map { ModelSetting(model, $0.name, $0.value(in: self)) }
    }

    /// They as a list that `ModelSetting.parse` reads.
    public func list(of model: ModelKind) -> String {
        settings(of: model).map { "\($0.name)=\($0.value)" }.joined(separator: ",")
    }
}

/// What is wrong with a setting.
public enum ModelSettingError: Error, Equatable, CustomStringConvertible {
    /// The text is not `name=value`.
    case form(model: ModelKind, text: String)
    /// The model has no such parameter.
    case unknown(model: ModelKind, name: String)
    /// The parameter does not take the value.
    case value(name: String, value: String, values: String)

    public var description: String {
        switch self {
        case .form(let model, let text):
            "\"\(text)\" is not name=value, as in \(Self.example(model)); separate several by commas"
        case .unknown(let model, let name):
            "\(model.rawValue) has no parameter \"\(name)\"; it has \(Self.names(model))"
        case .value(let name, let value, let values):
            "\(name) is \(value.isEmpty ? "empty" : value); it has to be \(values)"
        }
    }

    private static func names(_ model: ModelKind) -> String {
        model.parameters.map(\.name).joined(separator: ", ")
    }

    private static func example(_ model: ModelKind) -> String {
        model.parameters.first.map { "\($0.name)=\($0.value(in: ModelConfiguration()))" } ?? ""
    }
}

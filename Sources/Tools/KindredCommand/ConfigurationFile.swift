import Engine
import FileOutput
import LinearAlgebra
import Ratings

/// Parameters of models in a file: the seed and what is liked on top, then a table for each model.
enum ConfigurationFile {
    static let name = "config.toml"

    /// Sets what the file says.
    ///
    /// - Throws: `InputError` with the file and the name of what is unknown or out of its range.
    static func read(_ path: String, into configuration: inout ModelConfiguration) throws {
        let file = try SettingsFile.read(path)
        for entry in file.entries { try set(entry, path, &configuration) }
        for table in file.tables {
            guard let model = ModelKind.withParameters.first(where: { $0.rawValue == table.name }) else {
                throw InputError(
                    file: path, problem: "there is no model with parameters \"\(table.name)\"",
                    remedy: "There are \(ModelKind.withParameters.map(\.rawValue).joined(separator: ", ")).")
            }
            do {
                for entry in table.entries { try configuration.set(ModelSetting(model, entry.key, entry.value)) }
                try model.validate(configuration)
            } catch {
                throw InputError(file: path, problem: "[\(table.name)] \(error)", remedy: "Fix the file.")
            }
        }
    }

    /// All parameters of some models, as a file that `read` reads.
    static func text(_ configuration: ModelConfiguration, of models: [ModelKind]) -> String {
        let top =
            [SettingsFile.Entry("seed", "\(configuration.seed)")]
            + (configuration.relevance.map { [SettingsFile.Entry("relevant", "\($0)")] } ?? [])
        let tables = ModelKind.involved(in: models).map { model in
            SettingsFile.Table(
                model.rawValue, configuration.settings(of: model).map { SettingsFile.Entry($0.name, $0.value) })
        }
        return SettingsFile(top, tables: tables).toml
    }

    /// They as options by name, for a report: what would have to be typed.
    static func options(_ configuration: ModelConfiguration, of models: [ModelKind]) -> [String: String] {
        var options = ["seed": "\(configuration.seed)"]
        options["relevant"] = configuration.relevance.map { "\($0)" }
        for model in ModelKind.involved(in: models) { options[model.rawValue] = configuration.list(of: model) }
        return options
    }

    private static func set(
        _ entry: SettingsFile.Entry, _ path: String, _ configuration: inout ModelConfiguration
    ) throws(InputError) {
        switch entry.key {
        case "seed":
            guard let seed = UInt64(entry.value) else {
                throw InputError(
                    file: path, problem: "seed is \(entry.value); it has to be a whole number, 0 or more",
                    remedy: "Fix the file.")
            }
            configuration.seed = seed
        case "relevant":
            guard let relevance = Float(entry.value), RatingScale.widest.contains(relevance) else {
                throw InputError(
                    file: path, problem: "relevant is \(entry.value); it has to be \(RatingScale.widest.words)",
                    remedy: "Fix the file.")
            }
            configuration.relevance = relevance
        default:
            throw InputError(
                file: path, problem: "there is no setting \"\(entry.key)\"",
                remedy: "Seed and relevant come first; each model has a table, such as [als].")
        }
    }
}

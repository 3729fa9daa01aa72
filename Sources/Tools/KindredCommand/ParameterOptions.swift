import ArgumentParser
import Engine

/// The parameters of each model, on the command line and in a file.
struct ParameterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File with parameters of models, in TOML or JSON: a table for each model, keys as below.", valueName: "file"
        ))
    var config: String?

    @Option(parsing: .singleValue, help: ParameterOptions.help(.als))
    var als: [String] = []

    @Option(parsing: .singleValue, help: ParameterOptions.help(.bayes))
    var bayes: [String] = []

    @Option(parsing: .singleValue, help: ParameterOptions.help(.knn))
    var knn: [String] = []

    @Option(parsing: .singleValue, help: ParameterOptions.help(.implicit))
    var implicit: [String] = []

    @Option(parsing: .singleValue, help: ParameterOptions.help(.ease))
    var ease: [String] = []

    @Option(parsing: .singleValue, help: ParameterOptions.help(.blend))
    var blend: [String] = []

    @Option(parsing: .singleValue, help: ParameterOptions.help(.baseline))
    var baseline: [String] = []

    func validate() throws {
        var configuration = ModelConfiguration()
        for (model, lists) in lists where !lists.isEmpty {
            do {
                try apply(lists, of: model, to: &configuration)
                try model.validate(configuration)
            } catch { throw ValidationError("--\(model.rawValue): \(error)") }
        }
    }

    /// Sets what the file says.
    func applyFile(to configuration: inout ModelConfiguration) throws {
        if let config { try ConfigurationFile.read(config, into: &configuration) }
    }

    /// Sets what the options of each model say.
    func applyOptions(to configuration: inout ModelConfiguration) throws {
        for (model, lists) in lists { try apply(lists, of: model, to: &configuration) }
    }

    private func apply(
        _ lists: [String], of model: ModelKind, to configuration: inout ModelConfiguration
    ) throws(ModelSettingError) {
        for list in lists {
            for setting in try ModelSetting.parse(list, of: model) { try configuration.set(setting) }
        }
    }

    private var lists: [(model: ModelKind, lists: [String])] {
        [
            (.als, als), (.bayes, bayes), (.knn, knn), (.implicit, implicit), (.ease, ease), (.blend, blend),
            (.baseline, baseline),
        ]
    }

    private static func help(_ model: ModelKind) -> ArgumentHelp {
        let defaults = model.parameters.map { parameter in
            let range = parameter.range.map { " (\($0))" } ?? ""
            return "\(parameter.name)=\(parameter.value(in: ModelConfiguration()))\(range)"
        }
        let note = model == .blend ? "users' closed form, beside implicit: " : ""
        return ArgumentHelp(
            "\(note)any of \(defaults.joined(separator: ", "))", valueName: "name=value,…")
    }
}

import ArgumentParser
import Engine

/// An option of one name for several models, as it was before each model had options of its own.
///
/// It counts where one of them is asked for; with several nobody could tell which one it means.
struct SharedFlag {
    let name: String
    /// Nil where it was not given.
    let value: String?
    /// The models with a parameter of this name that it is for.
    let models: [ModelKind]

    /// The setting that the option stands for, or nil where it was not given or no model that it is for is asked for.
    ///
    /// - Throws: `ValidationError` with what to write instead.
    func setting(asked: [ModelKind]) throws -> ModelSetting? {
        guard let value else { return nil }
        let meant = ModelKind.involved(in: asked).filter(models.contains)
        if meant.count > 1 {
            let lines = meant.map { "--\($0.rawValue) \(name)=\(value)" }
            throw ValidationError(
                "--\(name) could be for \(meant.map(\.rawValue).joined(separator: " or ")); write "
                    + lines.joined(separator: " or "))
        }
        return meant.first.map { ModelSetting($0, name, value) }
    }
}

import Factorization
public import FileOutput
import Foundation
import LinearAlgebra
import Platform
public import Ratings

/// Saves models as `model.json`, a description, and numpy arrays; reloads them bit for bit.
///
/// | file | holds |
/// | --- | --- |
/// | `model.json` | kind, versions, scale, checksums of the vocabulary, of every array and of the descriptions |
/// | `configuration.json` | the configuration of the fit |
/// | `users.csv`, `items.csv` | the ID of each row of the arrays |
/// | `*_factors.npy`, `*_biases.npy` | of als and implicit, float32 |
/// | `*_means.npy`, `*_covariances.npy`, … | of bayes, float32 |
public enum ModelArchive {
    private static let manifestName = "model.json"
    private static let configurationName = "configuration.json"

    /// - Parameters:
    ///   - ratings: the ratings the model was fitted on.
    ///   - loss: the training loss at the end of the fit, where it is known.
    public static func write(
        _ model: StoredModel, fittedOn ratings: RatingMatrix, loss: Double? = nil, version: String,
        to folder: OutputFolder
    ) throws {
        let parts = ModelParts(model)
        for (name, array, _) in parts.arrays {
            try folder.write(name) { writer throws(OutputError) in try writer.write(array.bytes) }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let configuration = String(decoding: try encoder.encode(parts.configuration), as: UTF8.self) + "\n"
        let manifest = ModelManifest(
            programVersion: version, model: model.name, users: ratings.users.count, items: ratings.items.count,
            ratings: ratings.count, loss: loss.flatMap { $0.isFinite ? $0 : nil },
            vocabularySHA256: vocabularyChecksum(of: ratings),
            scale: parts.scale.map { .init(minimum: $0.minimum, maximum: $0.maximum, step: $0.step) },
            numbers: parts.numbers,
            arrays: Dictionary(
                uniqueKeysWithValues: parts.arrays.map {
                    ($0.name, .init(shape: $0.shape, sha256: sha256($0.array.bytes).hexadecimal))
                }),
            configurationSHA256: sha256(Data(configuration.utf8)).hexadecimal)
        for (name, text) in [(manifestName, try manifest.encoded(by: encoder)), (configurationName, configuration)] {
            try folder.write(name) { writer throws(OutputError) in try writer.write(text) }
        }
        for (name, header, vocabulary) in [
            ("users.csv", "user_id", ratings.users), ("items.csv", "item_id", ratings.items),
        ] {
            try folder.write(name) { writer throws(OutputError) in
                try writer.write("\(header)\n")
                for index in 0..<vocabulary.count { try writer.write(csvField(vocabulary[index]) + "\n") }
            }
        }
    }

    /// - Parameter ratings: ratings with the users and items the model was fitted on; their values do not matter.
    /// - Throws: `InputError` if a file is missing, damaged, of another version or of another vocabulary.
    public static func read(_ folder: String, for ratings: RatingMatrix) throws -> StoredModel {
        let manifest = try manifest(folder)
        guard manifest.users == ratings.users.count, manifest.items == ratings.items.count,
            manifest.vocabularySHA256 == vocabularyChecksum(of: ratings)
        else {
            throw InputError(
                file: path(folder, manifestName),
                problem: "the model was fitted on other users or items (\(manifest.users) and \(manifest.items)) "
                    + "than these (\(ratings.users.count) and \(ratings.items.count))",
                remedy: "Name the ratings it was trained on, or train a model on these.")
        }
        let arrays = ModelArrays(folder: folder, manifest: manifest)
        let configuration = try bytes(folder, configurationName)
        guard sha256(configuration).hexadecimal == manifest.configurationSHA256 else {
            throw NPYContents.damaged(
                path(folder, configurationName), "its checksum does not match \(manifestName)")
        }
        do {
            switch manifest.model {
            case "als":
                return .als(try arrays.factorModel(ForeignJSON.decode(ALSConfiguration.self, from: configuration)))
            case "implicit":
                return .implicit(
                    try arrays.implicitModel(ForeignJSON.decode(ImplicitConfiguration.self, from: configuration)))
            case "bayes":
                return .bayes(
                    try arrays.bayesianModel(ForeignJSON.decode(BayesianConfiguration.self, from: configuration)))
            default:
                throw NPYContents.damaged(path(folder, manifestName), "its model \(manifest.model) is unknown")
            }
        } catch let error where error is DecodingError || error is FactorizationError {
            throw NPYContents.damaged(
                path(folder, configurationName), "it is not the configuration of \(manifest.model)")
        }
    }

    private static func manifest(_ folder: String) throws -> ModelManifest {
        let data = try bytes(folder, manifestName)
        let file = path(folder, manifestName)
        // The version first, since another version may have other fields.
        struct Version: Decodable {
            let format: String
            let format_version: Int
        }
        guard let version = try? ForeignJSON.decode(Version.self, from: data), version.format == ModelManifest.format
        else { throw NPYContents.damaged(file, "it is not the description of a model") }
        guard version.format_version == ModelManifest.formatVersion else {
            throw InputError(
                file: file,
                problem:
                    "its format version is \(version.format_version), but this program reads \(ModelManifest.formatVersion)",
                remedy: "Retrain the model, or use the version that wrote it.")
        }
        guard let manifest = try? ForeignJSON.decode(ModelManifest.self, from: data) else {
            throw NPYContents.damaged(file, "a field is missing or has the wrong type")
        }
        guard manifest.isWhole(data) else { throw NPYContents.damaged(file, "its checksum does not match its content") }
        return manifest
    }

    static func bytes(_ folder: String, _ name: String) throws(InputError) -> Data {
        guard let data = FileManager.default.contents(atPath: path(folder, name)) else {
            throw InputError(
                file: path(folder, name), problem: "there is no such file, or it cannot be read",
                remedy: "Name the folder of a saved model.", topic: .savedModels)
        }
        return data
    }

    static func path(_ folder: String, _ name: String) -> String { "\(folder)/\(name)" }
}

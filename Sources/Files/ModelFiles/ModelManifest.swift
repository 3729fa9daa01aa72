import FileOutput
import Foundation
import Platform
import Ratings

/// `model.json`: the description of a saved model and its arrays.
struct ModelManifest: Codable {
    static let format = "kindred-model"
    /// Readers reject other versions.
    static let formatVersion = 1

    struct Array: Codable {
        let shape: [Int]
        let sha256: String
    }

    struct Scale: Codable {
        let minimum: Float
        let maximum: Float
        let step: Float?
    }

    var format = ModelManifest.format
    var formatVersion = ModelManifest.formatVersion
    let programVersion: String
    let model: String
    let users: Int
    let items: Int
    /// How many ratings it was fitted on; nil in files of earlier versions.
    var ratings: Int?
    /// The training loss at the end of the fit, where it is known.
    var loss: Double?
    /// The checksum of all IDs in order; a model is bound to its users and items.
    let vocabularySHA256: String
    let scale: Scale?
    /// Scalars of the model, such as μ.
    let numbers: [String: Double]
    let arrays: [String: Array]
    let configurationSHA256: String
    /// The checksum of the whole file with zeros in place of this field; no other covers numbers and scale.
    var ownSHA256 = ModelManifest.noSHA256

    static let noSHA256 = String(repeating: "0", count: 64)

    enum CodingKeys: String, CodingKey {
        case format, model, users, items, ratings, loss, scale, numbers, arrays
        case formatVersion = "format_version"
        case programVersion = "program_version"
        case vocabularySHA256 = "vocabulary_sha256"
        case configurationSHA256 = "configuration_sha256"
        case ownSHA256 = "own_sha256"
    }
}

extension ModelManifest {
    /// The file, including its own checksum.
    func encoded(by encoder: JSONEncoder) throws -> String {
        let text = String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        return text.replacing(Self.noSHA256, with: sha256(Data(text.utf8)).hexadecimal)
    }

    /// Whether the file is unchanged since it was written.
    func isWhole(_ file: Data) -> Bool {
        guard ownSHA256.count == Self.noSHA256.count else { return false }
        let text = String(decoding: file, as: UTF8.self).replacing(ownSHA256, with: Self.noSHA256)
        return sha256(Data(text.utf8)).hexadecimal == ownSHA256
    }
}

extension RatingScale {
    init?(_ scale: ModelManifest.Scale) {
        let ends = [scale.minimum, scale.maximum]
        guard scale.minimum <= scale.maximum, ends.allSatisfy(Self.widest.contains), scale.step.map({ $0 > 0 }) ?? true
        else { return nil }
        self.init(minimum: scale.minimum, maximum: scale.maximum, step: scale.step)
    }
}

/// The checksum of all user and item IDs, each prefixed by its length, so that distinct vocabularies differ.
func vocabularyChecksum(of ratings: RatingMatrix) -> String {
    let hash = Checksum()
    for vocabulary in [ratings.users, ratings.items] {
        hash.update(Data("\(vocabulary.count);".utf8))
        for index in 0..<vocabulary.count {
            let id = vocabulary[index]
            hash.update(Data("\(id.utf8.count):\(id)".utf8))
        }
    }
    return hash.finish().hexadecimal
}

import Crypto
import Foundation
import Ratings

/// `model.json`: what a saved model is, and which arrays belong to it.
struct ModelManifest: Codable {
    static let format = "kindred-model"
    /// A reader refuses other versions.
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
    /// Of all ids in their order; a model fits no other users and items.
    let vocabularySHA256: String
    let scale: Scale?
    /// Single numbers: μ, and what else a model has.
    let numbers: [String: Double]
    let arrays: [String: Array]

    enum CodingKeys: String, CodingKey {
        case format, model, users, items, scale, numbers, arrays
        case formatVersion = "format_version"
        case programVersion = "program_version"
        case vocabularySHA256 = "vocabulary_sha256"
    }
}

extension RatingScale {
    init?(_ scale: ModelManifest.Scale?) {
        guard let scale, scale.minimum <= scale.maximum else { return nil }
        self.init(minimum: scale.minimum, maximum: scale.maximum, step: scale.step)
    }
}

func sha256(_ bytes: some Sequence<UInt8>) -> String {
    hexadecimal(SHA256.hash(data: Data(bytes)))
}

/// Of the ids of users and items, each behind its length, so that no two vocabularies look the same.
func sha256(of ratings: RatingMatrix) -> String {
    var hash = SHA256()
    for vocabulary in [ratings.users, ratings.items] {
        hash.update(data: Data("\(vocabulary.count);".utf8))
        for index in 0..<vocabulary.count {
            let id = vocabulary[index]
            hash.update(data: Data("\(id.utf8.count):\(id)".utf8))
        }
    }
    return hexadecimal(hash.finalize())
}

private func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

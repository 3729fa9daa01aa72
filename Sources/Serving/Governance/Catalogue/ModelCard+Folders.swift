import FileOutput
import Foundation
import Platform
import Store

extension ModelCard {
    /// Cards of the models that were saved to folders and are still there as they were written, oldest first.
    ///
    /// A folder that somebody else has written to since is not a model of this store's ratings, and has no card.
    ///
    /// - Parameters:
    ///   - outputs: of the ledger.
    ///   - importsBefore: how many imports were complete at a time.
    static func ofFolders(_ outputs: [Catalog.Product], importsBefore: (Int64) -> Int) -> [ModelCard] {
        outputs.filter { $0.kind == Output.model && $0.place.hasSuffix("/" + Manifest.name) }.compactMap { output in
            guard let bytes = intact(output),
                let manifest = try? ForeignJSON.decode(Manifest.self, from: bytes), manifest.isUsable
            else { return nil }
            let folder = String(output.place.dropLast(Manifest.name.count + 1))
            let settings = outputs.first { $0.place == folder + "/config.toml" }.flatMap(intact)
            return ModelCard(
                manifest, output, in: folder, fittedOn: importsBefore(output.written),
                parameters: settings.map { parameters(of: manifest.model, in: String(decoding: $0, as: UTF8.self)) })
        }
    }

    private init(
        _ manifest: Manifest, _ output: Catalog.Product, in folder: String, fittedOn version: Int, parameters: String?
    ) {
        (model, run, comparedRun) = (manifest.model, nil, nil)
        (self.folder, checksum, dataVersion, fitted) = (folder, output.sha256, version, output.written)
        (ratings, users, items, loss) = (manifest.ratings, manifest.users, manifest.items, manifest.loss)
        self.parameters = parameters ?? ""
        (metrics, groups) = ([], [])
        limits =
            Self.limits(of: manifest.model) + [
                "This model was not compared: nothing is known of its errors but the loss on what it has learned from.",
                "Ratings that came after it was saved are unknown to it.",
            ]
    }

    /// A file of the ledger, where it is there and unchanged.
    private static func intact(_ output: Catalog.Product) -> Data? {
        guard FileKind(output.place) == .file,
            let bytes = try? Data(contentsOf: URL(fileURLWithPath: output.place), options: .mappedIfSafe),
            sha256(bytes).hexadecimal == output.sha256
        else { return nil }
        return bytes
    }

    /// What is read of `model.json`.
    private struct Manifest: Decodable {
        static let name = "model.json"
        let model: String
        let users: Int
        let items: Int
        let ratings: Int?
        let loss: Double?

        /// The model becomes part of the name of a file.
        var isUsable: Bool { !model.isEmpty && model.allSatisfy { $0.isASCII && $0.isLetter } }
    }

    /// The table of a model in `config.toml` as the command line writes it.
    ///
    /// `[als]`, `rank = 4`, `seed = 1` become `rank=4,seed=1`.
    private static func parameters(of model: String, in settings: String) -> String {
        let lines = settings.split(separator: "\n").drop { $0 != "[\(model)]" }.dropFirst()
        return lines.prefix { !$0.hasPrefix("[") }
            .map { $0.replacing(" = ", with: "=").replacing("\"", with: "") }.joined(separator: ",")
    }
}

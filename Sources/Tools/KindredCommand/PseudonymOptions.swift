import ArgumentParser
import FileOutput
import Foundation
import Platform
import Privacy
import Ratings

/// Other ids in what leaves the store.
struct PseudonymOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with a key: users have pseudonyms by it, so that exports by two keys cannot be joined.",
            valueName: "file"))
    var pseudonymKey: String?

    /// The data set with pseudonyms, or as it is without a key.
    func applied(to dataset: Dataset) throws -> Dataset {
        guard let pseudonymizer = try PseudonymKeys.pseudonymizer(pseudonymKey.map { [$0] } ?? []) else {
            return dataset
        }
        return dataset.renamingUsers(pseudonymizer.pseudonym)
    }
}

/// Reads keys of pseudonyms from files.
enum PseudonymKeys {
    /// nil without a file.
    ///
    /// - Parameter paths: of keys that are applied one after the other.
    static func pseudonymizer(_ paths: [String]) throws -> Pseudonymizer? {
        paths.isEmpty ? nil : Pseudonymizer(try paths.map(read))
    }

    /// - Throws: `InputError` for a key that is too short, or that others may read.
    static func read(_ path: String) throws -> Pseudonymizer.Key {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw InputError(
                file: path, problem: "the key cannot be read", remedy: "Check the path and the permissions.")
        }
        if let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = attributes[.posixPermissions] as? Int, mode & 0o077 != 0
        {
            throw InputError(
                file: path, problem: "others may read the key (mode \(String(mode, radix: 8)))",
                remedy: "Let its owner alone: chmod 600.")
        }
        guard let key = Pseudonymizer.Key(bytes) else {
            throw InputError(
                file: path, problem: "the key has \(bytes.count.counted("byte"))",
                remedy: "A key has \(Pseudonymizer.Key.fewestBytes) or more, such as those of openssl rand 32.")
        }
        return key
    }
}

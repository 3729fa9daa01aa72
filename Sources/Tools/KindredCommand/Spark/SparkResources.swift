import FileOutput
import Foundation

/// The files for a cluster that lie beside the program.
struct SparkResources {
    private static let bundle = "Kindred_KindredCommand.resources"

    /// What is written beside the archive.
    let files: [(name: String, bytes: [UInt8])]
    /// The notice of what the archive holds, and the licenses that it names.
    let texts: [(name: String, bytes: Data)]

    /// - Throws: `InputError` where a file is missing.
    init() throws(InputError) {
        let root = Bundle.main.bundleURL.appendingPathComponent(Self.bundle).appendingPathComponent("Spark")
        func read(_ name: String) throws(InputError) -> Data {
            let url = root.appendingPathComponent(name)
            guard let data = try? Data(contentsOf: url) else {
                throw InputError(
                    file: url.path, problem: "the file is missing or cannot be read",
                    remedy: "Keep \(Self.bundle) beside the program, or install it again.")
            }
            return data
        }
        let licenses = root.appendingPathComponent("licenses").path
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: licenses)) ?? []).sorted()
        var texts = [("NOTICE", try read("NOTICE"))]
        for name in names { texts.append(("licenses/\(name)", try read("licenses/\(name)"))) }
        self.texts = texts
        var modules: [(String, String)] = []
        for name in SparkModules.order {
            modules.append((name, String(decoding: try read("kindred_spark/\(name).py"), as: UTF8.self)))
        }
        files = [
            ("kindred_spark.py", Array(SparkModules(modules).joined.utf8)), ("README.md", Array(try read("README.md"))),
        ]
    }
}

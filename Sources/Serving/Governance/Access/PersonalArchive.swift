import FileOutput
public import Foundation
import Platform
public import Store

/// What a store holds of one user as a zip file that they can take elsewhere: JSON and CSV of each table, and a page to read.
///
/// The same data and time give the same bytes. Files in it are not compressed, so that an erasure finds whose it is.
public struct PersonalArchive {
    private let data: PersonalData
    private let time: Int64

    /// - Parameter time: seconds since 1970.
    /// - Throws: `GovernanceError.unknownUser` where there is nothing of them; `StoreError`.
    public init(of user: String, in store: Store, time: Int64) throws {
        guard let data = try store.personalData(of: user) else { throw GovernanceError.unknownUser }
        self.data = data
        self.time = time
    }

    private struct Document: Encodable {
        let user_id: String
        let tables: [String: DataTable]
    }

    /// Name and content of each file.
    package var files: [(name: String, bytes: Data)] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            let tables = Dictionary(uniqueKeysWithValues: data.tables.map { ($0.name, $0.rows) })
            let json = try encoder.encode(Document(user_id: data.user, tables: tables))
            return [("index.html", Data(PersonalPage(data, time: time).html.utf8)), ("data.json", json)]
                + data.tables.map { ("csv/\($0.name).csv", Data($0.rows.csv().utf8)) }
        }
    }

    /// Writes the file beside its place, for its owner alone, and renames it.
    ///
    /// - Throws: `ZipError`, `OutputError`.
    public func write(to path: String) throws {
        let place = URL(fileURLWithPath: path)
        let folder = try PrivateFolder(in: place.deletingLastPathComponent(), prefix: ".kindred-access")
        defer { folder.remove() }
        let staging = folder.url.appendingPathComponent("access.zip").path
        if let problem = createPrivateFile(staging) { throw ZipError(message: problem) }
        try write(toNew: staging)
        if let problem = renameReplacing(staging, to: place.path) {
            throw OutputError(
                path: path, problem: "the file cannot be moved into place (\(problem))",
                remedy: "Make the folder writable, or name another.")
        }
    }

    /// The bytes of the file.
    public func bytes() throws -> Data {
        let folder = try PrivateFolder(in: FileManager.default.temporaryDirectory, prefix: "kindred-access")
        defer { folder.remove() }
        let file = folder.url.appendingPathComponent("access.zip")
        try write(toNew: file.path)
        return try Data(contentsOf: file)
    }

    private func write(toNew path: String) throws {
        let zip = try ZipWriter(path, isCompressed: false)
        for file in try files { try zip.add(file.name, file.bytes, time: time) }
        try zip.close()
    }
}

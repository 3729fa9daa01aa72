import FileOutput
package import Foundation
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
    /// - Throws: `ArchiveError`, `OutputError`.
    public func write(to path: String) throws {
        let bytes = try bytes()
        try OutputFile(path, isPrivate: true).write { (file) throws(OutputError) in try file.write(bytes) }
    }

    /// The bytes of the file.
    ///
    /// - Throws: `ArchiveError`.
    public func bytes() throws -> [UInt8] {
        let zip = try ArchiveWriter(.storedZip)
        for file in try files { try zip.add(file.name, file.bytes, permissions: 0o600, time: time) }
        return try zip.finish()
    }
}

import Foundation
import GRDB
import Platform

extension Store {
    /// Keeps that somebody asks in SQL: which tables and views the statement names, and a keyed hash of its text, which itself may
    /// hold ids. Who has the text and the key can tell whether it was this one.
    public func audit(statement sql: String, by actor: String) throws(StoreError) {
        try write { database in
            let words = Set(sql.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map { $0.lowercased() })
            let names = SchemaGuide.names.filter(words.contains).joined(separator: ", ")
            let hash = [UInt8](try auditKey(writing: database).hash("statement", [sql])).hexadecimal.prefix(16)
            try audit(
                "sql", by: actor, detail: "statement \(hash) on \(names.isEmpty ? "no table" : names)", in: database)
        }
    }

    /// Whether a statement on a store that is only read can be kept in its audit: the file may be written, and has its tables.
    public static func isAuditable(_ path: String) throws(StoreError) -> Bool {
        let file = StoreFile(path)
        try file.requireStore()
        let folder = URL(fileURLWithPath: file.location).deletingLastPathComponent().path
        guard [file.location, folder].allSatisfy(FileManager.default.isWritableFile) else { return false }
        return try translating(path) {
            try file.reader(Configuration()).read(Schema.migrator.hasCompletedMigrations)
        }
    }
}

import Foundation
import GRDB
import Platform

extension Store {
    /// Keeps that somebody asks in SQL: which tables and views the statement names, and a keyed hash of its text, which itself may
    /// hold ids. Who has the text and the key can tell whether it was this one.
    public func audit(statement sql: String, by actor: String) throws(StoreError) {
        try write { database in
            let names = Self.relations(in: sql).joined(separator: ", ")
            let hash = [UInt8](try auditKey(writing: database).hash("statement", [sql])).hexadecimal.prefix(16)
            try audit(
                "sql", by: actor, detail: "statement \(hash) on \(names.isEmpty ? "no table" : names)", in: database)
        }
    }

    /// The tables and views that are named somewhere in a statement, which may be a megabyte of numbers.
    private static func relations(in sql: String) -> [String] {
        let names = SchemaGuide.names
        let longest = names.map(\.utf8.count).max() ?? 0
        let runs = sql.utf8.split { byte in
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            return !isLetter && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) && byte != UInt8(ascii: "_")
        }
        let words = runs.lazy.filter { $0.count <= longest && ($0.first ?? 0) > UInt8(ascii: "9") }
        let found = Set(words.map { String(decoding: $0, as: UTF8.self).lowercased() })
        return names.filter(found.contains)
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

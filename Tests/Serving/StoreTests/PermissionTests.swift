import Foundation
import Store
import TestSupport
import Testing

/// Who may read a store.
struct PermissionTests {
    private func mode(_ path: String) throws -> Int {
        try #require(
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        ).intValue
    }

    @Test("15.13: a store, its log, their index and the key of its audit are for the owner alone")
    func newStore() throws {
        let scratch = try Scratch()
        let store = try Store(scratch.path("s.sqlite"), creates: true)
        try store.add(StoredKey(hash: Data([1]), name: "a", role: .read, created: 0))
        #expect(scratch.names == ["s.sqlite", "s.sqlite-audit.key", "s.sqlite-shm", "s.sqlite-wal"])
        for name in scratch.names { #expect(try mode(scratch.path(name)) == 0o600, "\(name)") }
    }

    @Test("15.13: a file that is there keeps its mode, as do its log and index")
    func oldStore() throws {
        let scratch = try Scratch()
        try scratch.write("s.sqlite", "")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: scratch.path("s.sqlite"))
        let store = try Store(scratch.path("s.sqlite"), creates: true)
        try store.add(StoredKey(hash: Data([1]), name: "a", role: .read, created: 0))
        for name in scratch.names where !name.hasSuffix(".key") {
            #expect(try mode(scratch.path(name)) == 0o640, "\(name)")
        }
        #expect(try mode(scratch.path("s.sqlite-audit.key")) == 0o600)
    }
}

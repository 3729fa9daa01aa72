import FileOutput
import Foundation
import LinearAlgebra
import TestSupport
import Testing

struct OutputTests {
    private func write(_ text: String, _ name: String, to folder: OutputFolder) throws {
        try folder.write(name) { writer throws(OutputError) in try writer.write(text) }
    }

    @Test func `files appear together on commit`() throws {
        let scratch = try Scratch()
        let folder = try OutputFolder(scratch.path("out"))
        try write("a", "a.txt", to: folder)
        #expect(!scratch.names.contains("out"))
        try write("b", "b.txt", to: folder)
        try folder.commit()
        #expect(try scratch.read("out/a.txt") == Data("a".utf8))
        #expect(scratch.names == ["out"])
    }

    @Test func `commit replaces old files and keeps others`() throws {
        let scratch = try Scratch()
        try scratch.write("out/a.txt", "old")
        try scratch.write("out/mine.txt", "mine")
        let folder = try OutputFolder(scratch.path("out"))
        try write("new", "a.txt", to: folder)
        #expect(try scratch.read("out/a.txt") == Data("old".utf8))
        try folder.commit()
        #expect(try scratch.read("out/a.txt") == Data("new".utf8))
        #expect(try scratch.read("out/mine.txt") == Data("mine".utf8))
        #expect(scratch.names == ["out"])
    }

    @Test func `files in folders appear with the others and keep what lies beside`() throws {
        let scratch = try Scratch()
        try scratch.write("out/gephi/mine.txt", "mine")
        for text in ["old", "new"] {
            let folder = try OutputFolder(scratch.path("out"))
            try write(text, "gephi/nodes.csv", to: folder)
            try folder.commit()
        }
        #expect(scratch.contents == ["out/gephi/mine.txt": Data("mine".utf8), "out/gephi/nodes.csv": Data("new".utf8)])
        try scratch.write("out/neo4j", "a file")
        let folder = try OutputFolder(scratch.path("out"))
        defer { folder.discard() }
        try write("a", "neo4j/nodes.csv", to: folder)
        #expect(throws: OutputError.self) { try folder.commit() }
    }

    @Test("15.13: private files are for the owner alone, and a file that is replaced keeps its mode")
    func modes() throws {
        let scratch = try Scratch()
        func mode(_ name: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch.path(name))
            return try #require(attributes[.posixPermissions] as? NSNumber).intValue
        }
        let folder = try OutputFolder(scratch.path("out"), isPrivate: true)
        try write("a", "a.txt", to: folder)
        try folder.commit()
        #expect(try mode("out/a.txt") == 0o600)
        for kept in [0o640, 0o600, 0o444] {
            try FileManager.default.setAttributes([.posixPermissions: kept], ofItemAtPath: scratch.path("out/a.txt"))
            let again = try OutputFolder(scratch.path("out"))
            try write("b", "a.txt", to: again)
            try write("b", "b.txt", to: again)
            try again.commit()
            #expect(try mode("out/a.txt") == kept && scratch.read("out/a.txt") == Data("b".utf8))
            #expect(try mode("out/b.txt") & 0o044 == 0o044)
            try OutputFile(scratch.path("out/a.txt")).write { writer throws(OutputError) in try writer.write("c") }
            #expect(try mode("out/a.txt") == kept && scratch.read("out/a.txt") == Data("c".utf8))
        }
        let open = scratch.path("out/b.txt")
        try OutputFile(open, isPrivate: true).write { writer throws(OutputError) in try writer.write("d") }
        #expect(try mode("out/b.txt") == 0o600 && scratch.read("out/b.txt") == Data("d".utf8))
    }

    @Test func `discard leaves the folder unchanged`() throws {
        let scratch = try Scratch()
        try scratch.write("out/a.txt", "old")
        let folder = try OutputFolder(scratch.path("out"))
        try write("new", "a.txt", to: folder)
        folder.discard()
        #expect(try scratch.read("out/a.txt") == Data("old".utf8))
        #expect(scratch.names == ["out"])
    }

    @Test func `discard removes the folders it made`() throws {
        let scratch = try Scratch()
        try OutputFolder(scratch.path("a/b/out")).discard()
        #expect(scratch.names.isEmpty)
        let folder = try OutputFolder(scratch.path("a/b/out"))
        try write("a", "a.txt", to: folder)
        try folder.commit()
        folder.discard()
        #expect(try scratch.read("a/b/out/a.txt") == Data("a".utf8))
    }

    @Test func `file in place of the output folder is reported`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("out", "I am a file")
        let error = #expect(throws: OutputError.self) { try OutputFolder(path) }
        #expect(error?.problem == "a file of this name exists")
        #expect(throws: OutputError.self) { try OutputFolder(scratch.path("out/below")) }
    }

    @Test func `output file is complete or absent`() throws {
        let scratch = try Scratch()
        let file = OutputFile(scratch.path("f.csv"))
        #expect(throws: OutputError.self) {
            try file.write { writer throws(OutputError) in
                try writer.write("half")
                throw OutputError(path: "f.csv", problem: "p", remedy: "r")
            }
        }
        #expect(scratch.names.isEmpty)
        try file.write { writer throws(OutputError) in
            for number in [0, 7, -12, Int.max, Int.min] { try writer.write(number); try writer.write(" ") }
            try writer.write(shortest: Float(0.1))
        }
        #expect(try scratch.read("f.csv") == Data("0 7 -12 9223372036854775807 -9223372036854775808 0.1".utf8))
        #expect(scratch.names == ["f.csv"])
    }

    /// The oracle is `description` of the standard library.
    @Test func `numbers are written with the fewest digits`() throws {
        var generator = SeededGenerator(seed: 6)
        var numbers: [Float] = [
            0.3, 1, 0, -0.5, 1.5, .leastNonzeroMagnitude, 1e-4, 0.001, 0x1p-10, 1e20, 0.99999994, -.infinity,
        ]
        numbers += (1...3000).map { Float($0) / 3000 }
        numbers += (1...2000).map { Float($0) / 1000 }
        for exponent in 1...24 {
            let power = Float(1 << exponent)
            numbers += [power, 1 / power, (1 / power).nextUp, (1 / power).nextDown]
        }
        for _ in 0..<100_000 {
            numbers.append(Float(generator.uniform()))
            numbers.append(
                Float(bitPattern: 0x3900_0000 + UInt32(truncatingIfNeeded: generator.next(below: 0x0700_0000))))
        }
        let scratch = try Scratch()
        let file = OutputFile(scratch.path("f.txt"))
        try file.write { writer throws(OutputError) in
            for number in numbers {
                try writer.write(shortest: number)
                try writer.write("\n")
            }
        }
        let lines = String(decoding: try scratch.read("f.txt"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == numbers.count)
        #expect(zip(lines, numbers).first { $0 != $1.description } == nil)
    }
}

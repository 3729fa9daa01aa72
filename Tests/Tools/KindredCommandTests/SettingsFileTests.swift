import FileOutput
import Foundation
import KindredCommand
import TestSupport
import Testing

struct SettingsFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `TOML and JSON give the same settings`() throws {
        let toml = """
            seed = 7 # a comment
            relevant = 3.5

            [knn]
            neighbors = 60
            measure = "baseline"

            [als]
            nonnegative = true
            regularization = 1e-05
            """
        let json = """
            {"knn": {"neighbors": 60, "measure": "baseline"}, "relevant": 3.5, "seed": 7,
             "als": {"regularization": 1e-05, "nonnegative": true}}
            """
        let read = try SettingsFile.read(scratch.write("a.toml", toml))
        #expect(read == (try SettingsFile.read(scratch.write("a.json", json))))
        #expect(read.entries == [.init("relevant", "3.5"), .init("seed", "7")])
        #expect(
            read.tables == [
                .init("als", [.init("nonnegative", "true"), .init("regularization", "1e-05")]),
                .init("knn", [.init("measure", "baseline"), .init("neighbors", "60")]),
            ])
    }

    @Test func `written settings are read back`() throws {
        let values = [
            "0", "-3", "9223372036854775807", "18446744073709551615", "0.1", "1e+20", "-2.5e-07", "true", "word",
            "two words", "a \"quote\" \\ \n \u{7F} é", "",
        ]
        let entries = values.enumerated().map { SettingsFile.Entry("key-\(100 + $0)", $1) }
        let file = SettingsFile(entries, tables: [.init("als", entries), .init("knn", [])])
        let path = try scratch.write("a.toml", file.toml)
        #expect(try SettingsFile.read(path) == file)
    }

    @Test(arguments: [
        ("a.toml", "[als]\nrank = = 3\n", "a.toml:2: not valid TOML"),
        ("a.toml", "[als]\nrank = [3]\n", "a.toml: als.rank is not a number, a text, true or false"),
        ("a.toml", "[als.more]\nrank = 3\n", "a.toml: als.more is not a number"),
        ("a.json", "{", "a.json: not valid JSON"), ("a.json", "[]", "a.json: not a table"),
        ("a.json", "{\"als\": {\"rank\": null}}", "a.json: als.rank is not a number"),
    ])
    func `an unknown setting is named`(_ name: String, _ text: String, _ message: String) throws {
        let path = try scratch.write(name, text)
        let error = try #require(throws: InputError.self) { try SettingsFile.read(path) }
        #expect("\(error)".contains(message), "\(error)")
    }

    @Test func `a missing settings file is named`() throws {
        let error = try #require(throws: InputError.self) { try SettingsFile.read(scratch.path("none.toml")) }
        #expect(error.problem.contains("there is no such file"))
    }
}

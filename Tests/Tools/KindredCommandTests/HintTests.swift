import TestSupport
import Testing

/// Errors of libraries come with what to type.
struct HintTests {
    @Test func `a missing store comes with the command that makes one`() throws {
        let path = try Scratch().path("none.sqlite")
        let outcome = try Program.run("sql", path, "SELECT 1")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("no such store"))
        #expect(outcome.errors.contains("kindred import SOURCE --store \(path)"))
    }

    @Test func `a dead address comes with the option for a mirror`() throws {
        let scratch = try Scratch()
        let outcome = try Program.run(
            "fetch", "ml-100k", "--mirror", "http://127.0.0.1:9/", "--output", scratch.path("data"), "--quiet")
        #expect(outcome.status == 1 && outcome.errors.contains("The mirror is named with --mirror URL."))
    }

    /// Usage errors are not touched.
    @Test func `a wrong command line still exits with 64`() throws {
        let outcome = try Program.run("graph", "--bogus")
        #expect(outcome.status == 64 && outcome.errors.contains("Usage:"))
    }
}

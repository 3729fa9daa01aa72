import ArgumentParser
import LinearAlgebra
import Store

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print what a bug report needs: version, commit, libraries and processor level.")

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let report = Report()
        Console.result(json ? try Console.json(report) : report.text)
    }

    private struct Report: Encodable {
        let version = Kindred.version
        let commit = buildCommit
        let blas = NumericLibrary.blas
        let lapack = NumericLibrary.lapack
        let sqlite = Store.sqliteVersion
        let processor_level = NumericLibrary.processorLevel

        var text: String {
            """
            kindred    \(version), commit \(commit)
            BLAS       \(blas)
            LAPACK     \(lapack)
            SQLite     \(sqlite)
            processor  \(processor_level)
            """
        }
    }
}

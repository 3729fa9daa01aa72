import ArgumentParser
import FileOutput
import LinearAlgebra

#if Serving
    import Store
#endif

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print what a bug report needs: version, commit, libraries and processor level.")

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let report = Report()
        if json {
            try Console.result(json: report)
        } else {
            Console.result(report.text)
        }
    }

    private struct Report: Encodable {
        let version = Version.kindred
        let commit = buildCommit
        let blas = NumericLibrary.blas
        let lapack = NumericLibrary.lapack
        #if Serving
            let sqlite: String? = Store.sqliteVersion
        #else
            let sqlite: String? = nil
        #endif
        let processor_level = NumericLibrary.processorLevel

        var text: String {
            """
            kindred    \(version), commit \(commit)
            BLAS       \(blas)
            LAPACK     \(lapack)
            SQLite     \(sqlite ?? "none: script/build makes a program with the store and the service")
            processor  \(processor_level)
            """
        }
    }
}

import ArgumentParser
import FileOutput
import Foundation
import Platform

struct SparkPackageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package",
        abstract: "Write what spark-submit needs to run Kindred on a cluster.",
        discussion: """
            The archive holds kindred-worker, which computes in each executor, and the shared libraries that it loads, but \
            for the C library: the machines of the cluster need Linux on the same kind of processor with a C library of \
            the same version or a later one, and nothing else of Kindred's.

            WRITES
              kindred_spark.py        the program for spark-submit, also a Python module
              kindred-worker.tar.gz   for its option --archives, unpacked as kindred
              README.md               how to submit, by kind of cluster

            EXAMPLES
              kindred spark package --output pack
              spark-submit --archives pack/kindred-worker.tar.gz#kindred \\
                pack/kindred_spark.py graph --ratings r.parquet --output near
              kindred graph --neighbors-from near --output out
            """)

    @Option(
        help: ArgumentHelp("Folder to write to; created if missing, other files in it are kept.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("The worker to pack. (default: kindred-worker beside this program)", valueName: "file"))
    var worker: String?

    @Flag(help: "No summary.")
    var quiet = false

    func run() throws {
        #if os(Linux)
            try package()
        #else
            throw InputError(
                file: "kindred-worker", problem: "a cluster needs a worker for Linux, and this system is another one",
                remedy: "Run this command on Linux, on the kind of processor that the cluster has.")
        #endif
    }

    private func package() throws {
        let output = try OutputFolder(output)
        Interruption.onInterrupt { output.discard() }
        defer { output.discard() }
        let resources = try SparkResources()
        let archive = try WorkerArchive(worker ?? WorkerArchive.besideThis, texts: resources.texts)
        for (name, bytes) in resources.files {
            try output.write(name) { writer throws(OutputError) in try writer.write(bytes) }
        }
        try output.write(WorkerArchive.name) { writer throws(OutputError) in try writer.write(archive.bytes) }
        try output.commit()
        if !quiet { Console.result(summary(archive)) }
    }

    private func summary(_ archive: WorkerArchive) -> String {
        let megabytes = (Double(archive.bytes.count) / 1e6).fixed(0)
        return """
            Written to \(output): kindred_spark.py, README.md and \(WorkerArchive.name) (\(megabytes) MB: kindred-worker and \
            \(archive.libraries.count) libraries)

              spark-submit --archives \(output)/\(WorkerArchive.name)#kindred \(output)/kindred_spark.py --help
            """
    }
}

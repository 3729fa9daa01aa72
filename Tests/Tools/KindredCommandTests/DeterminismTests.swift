import Foundation
import TestSupport
import Testing

/// The contract of `kindred graph`: the same input and options give the same bytes, at any number of threads.
struct DeterminismTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Users enough for several tiles and parts of every file, by plain and by centered cosines.
    @Test(arguments: [["--measure", "cosine"], ["--measure", "centered"]])
    func `every export has the same bytes at any number of threads`(_ options: [String]) throws {
        let source = scratch.path("r.csv")
        #expect(try Program.run("generate", "3000x800x120000", "--output", source).status == 0)
        for threads in ["1", "2", "5"] {
            let outcome = try Program.run(
                Program.url,
                ["graph", source, "--output", scratch.path(threads), "--threads", threads, "--quiet"]
                    + ["--format", "csv,graphml,gexf,npy"] + options)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path("1"))
        #expect(files.count == 12)
        for file in files where file != "summary.json" {
            for other in ["2", "5"] {
                #expect(try scratch.read("1/\(file)") == scratch.read("\(other)/\(file)"), "\(other)/\(file)")
            }
        }
    }
}

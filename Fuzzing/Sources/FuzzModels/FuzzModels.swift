import Foundation
import FuzzSupport
import Ratings

@testable import FileOutput
@testable import ModelFiles

/// Files of models, of graphs and of neighbors. An input names a file, and behind a line break has what it holds.
///
/// - `array`: an NPY file, which written again and read again is the same.
/// - `graph/NAME`: a file of a graph, the others as they were written.
/// - `neighbors/NAME`: a file of neighbors that a cluster has written, the checksums mended.
/// - `als/NAME`, `implicit/NAME`, `bayes/NAME`: a file of a model, the checksums mended.
///
/// What is read answers without a trap, and written and read again it is the same.
@main
enum FuzzModels {
    static func main() { fuzz(test) }

    private static func test(_ input: [UInt8]) -> Verdict {
        guard let (name, content) = named(input) else { return .useless }
        if name == "array" {
            fuzzArray(content)
            return .done
        }
        let parts = name.split(separator: "/").map(String.init)
        guard parts.count == 2 else { return .useless }
        if parts[0] == "graph", samples.graph[parts[1]] != nil {
            fuzzGraph(parts[1], Data(content))
            return .done
        }
        if parts[0] == "neighbors", samples.neighbors.files[parts[1]] != nil {
            fuzzNeighbors(parts[1], Data(content))
            return .done
        }
        guard let model = samples.models[parts[0]], model.files[parts[1]] != nil else { return .useless }
        fuzzModel(model, parts[1], Data(content))
        return .done
    }
}

private func fuzzArray(_ bytes: [UInt8]) {
    struct Array: Equatable {
        let shape: [Int]
        let type: String
        /// Bits, for a number may be NaN.
        let bits: [UInt64]
        let again: [UInt8]

        init(_ bytes: [UInt8]) throws {
            let contents = try NPYContents(Data(bytes), file: "array")
            shape = contents.shape
            let written: NPYArray
            if let floats = try? contents.floats() {
                (type, bits) = ("f4", floats.map { UInt64($0.bitPattern) })
                written = NPYArray(floats, shape: shape)
            } else if let integers = try? contents.shortIntegers() {
                (type, bits) = ("i4", integers.map { UInt64(UInt32(bitPattern: $0)) })
                written = NPYArray(integers, shape: shape)
            } else {
                let integers = try contents.integers()
                (type, bits) = ("i8", integers.map { UInt64(bitPattern: $0) })
                written = NPYArray(integers, shape: shape)
            }
            again = written.bytes
        }
    }
    guard let array = Outcome({ try Array(bytes) }).value else { return }
    requireEqual(Outcome { try Array(array.again) }.value, array, "written and read again")
    // The numbers are the last bytes of the file.
    let width = array.type == "i8" ? 8 : 4
    requireEqual(
        Swift.Array(bytes.suffix(width * array.bits.count)), array.again.suffix(width * array.bits.count), "numbers")
    // As many sizes as there are between the parentheses, each of its own digits.
    let header = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let sizes = header.split(separator: "'shape': (").dropFirst().first?.prefix { $0 != ")" } ?? ""
    let digits = sizes.filter { $0 != "," && $0 != " " }.count
    if !sizes.contains("0") { requireEqual(array.shape.map { "\($0)".count }.reduce(0, +), digits, "shape \(sizes)") }
}

private func fuzzGraph(_ name: String, _ bytes: Data) {
    var files = samples.graph
    files[name] = bytes
    guard let read = Outcome({ try Samples.files(of: GraphArchive(files: files)) }).value else { return }
    requireEqual(Outcome { try Samples.files(of: GraphArchive(files: read)) }.value, read, "written and read again")
    // The ids stand in the order of the file, for the arrays go by it.
    func ids(_ files: [String: Data]) -> [String: [String]]? {
        files["ids.json"].flatMap { try? JSONDecoder().decode([String: [String]].self, from: $0) }
    }
    if let before = ids(files) { requireEqual(ids(read), before, "ids") }
}

private func fuzzModel(_ saved: Samples.Model, _ name: String, _ bytes: Data) {
    var files = saved.files
    files[name] = bytes
    let folder = write(files: mended(files, besides: name), to: "model")
    guard let model = Outcome({ Same(try ModelArchive.read(folder, for: samples.ratings)) }).value else { return }
    for user in 0..<samples.ratings.users.count { _ = model.scores(user: user) }
    let again = Outcome { Same(try ModelArchive.read(samples.save(model.model, to: "again"), for: samples.ratings)) }
    requireEqual(again.value, model, "written and read again")
}

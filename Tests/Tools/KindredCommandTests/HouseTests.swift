import Foundation
import TestSupport
import Testing

/// The plan of the house, held against sources and manifest: a target imports what stands before it on its own floor and on the
/// floors below.
struct HouseTests {
    /// From the bottom up.
    private static let floors: [(name: String, rooms: [String])] = [
        (
            "Numerics",
            [
                "CMalloc", "CKernels", "COpenBLAS", "CLAPACKE", "COpenSSL", "CArchive", "CZlib", "Platform",
                "LinearAlgebra",
            ]
        ),
        ("Models", ["Ratings", "Graphs", "Neighbors", "Factorization", "Evaluation", "Engine", "Privacy"]),
        ("Files", ["FileOutput", "RatingFiles", "GraphFiles", "ModelFiles", "Reports"]),
        ("Kindred", ["Kindred"]),
        ("Serving", ["Store", "Governance", "CRDKafka", "Streams", "Sinks", "Live", "Service"]),
        (
            "Tools",
            [
                "Datasets", "Downloads", "Worker", "KindredWorker", "CKindred", "KindredC", "KindredLibrary",
                "KindredCommand",
            ]
        ),
    ]
    /// Rooms on one floor that do not know each other.
    private static let strangers = ["RatingFiles", "GraphFiles", "ModelFiles", "Reports"]
    private static let rooms = floors.flatMap(\.rooms)

    /// Whether a room may import another.
    private func mayImport(_ room: String, _ other: String) -> Bool {
        guard let place = Self.rooms.firstIndex(of: room), let below = Self.rooms.firstIndex(of: other) else {
            return true
        }
        let areStrangers = Self.strangers.contains(room) && Self.strangers.contains(other)
        return below < place && !areStrangers
    }

    private func sources(of floor: String, _ room: String) throws -> [(path: String, text: String)] {
        let folder = projectRoot.appendingPathComponent(
            floor == room ? "Sources/\(room)" : "Sources/\(floor)/\(room)")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
            ("\(floor)/\(room)/\($0.lastPathComponent)", try String(contentsOf: $0, encoding: .utf8))
        }
    }

    @Test func `every target stands on its floor`() throws {
        let folder = projectRoot.appendingPathComponent("Sources")
        for floor in try FileManager.default.contentsOfDirectory(atPath: folder.path) where floor != "Kindred" {
            let rooms = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(floor).path)
            let planned = Self.floors.first { $0.name == floor }?.rooms ?? []
            #expect(Set(rooms).subtracting([".DS_Store"]) == Set(planned), "\(floor)")
        }
    }

    @Test func `sources import only what stands below or before them`() throws {
        var imports = 0
        for (floor, rooms) in Self.floors {
            for room in rooms {
                for (path, text) in try sources(of: floor, room) {
                    for match in text.matches(of: /(?m)^\s*(?:(?:@_exported|public|internal|package) )*import (\w+)/) {
                        imports += 1
                        #expect(mayImport(room, String(match.1)), "\(path) imports \(match.1)")
                    }
                }
            }
        }
        #expect(imports > 500)
    }

    /// So that the program stays small and needs little of the machines of a cluster.
    @Test func `the worker stands on numbers and models alone`() throws {
        let allowed = Set([
            "LinearAlgebra", "Ratings", "Neighbors", "Factorization", "Worker", "Dispatch", "Synchronization", "Glibc",
            "Darwin",
        ])
        var imports = 0
        for room in ["LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Worker", "KindredWorker"] {
            let floor = try #require(Self.floors.first { $0.rooms.contains(room) }).name
            for (path, text) in try sources(of: floor, room) {
                for match in text.matches(of: /(?m)^\s*(?:(?:public|internal|package) )*import (\w+)/) {
                    imports += 1
                    let name = String(match.1)
                    #expect(!["Foundation", "Platform"].contains(name), "\(path) imports \(name)")
                    #expect(floor != "Tools" || allowed.contains(name), "\(path) imports \(name)")
                }
            }
        }
        #expect(imports > 100)
    }

    @Test func `the manifest has no arrow upwards, and so no circle`() throws {
        let manifest = try String(contentsOf: projectRoot.appendingPathComponent("Package.swift"), encoding: .utf8)
        let names = Set(Self.rooms)
        var seen: Set<String> = []
        // A target's call begins with its name; what follows until the next target are its dependencies.
        let targets = manifest.matches(of: /(?:\.room\(|\.target\(|\.executableTarget\()\s*(?:name: )?"(\w+)"/)
        for (index, target) in targets.enumerated() {
            let room = String(target.1)
            guard names.contains(room) else { continue }
            // `.target(name: "Store", condition: …)` inside a list of dependencies names one.
            guard !manifest[target.range].hasPrefix(".target(name: ") else { continue }
            seen.insert(room)
            let end = index + 1 < targets.count ? targets[index + 1].range.lowerBound : manifest.endIndex
            for dependency in manifest[target.range.upperBound..<end].matches(of: /"(\w+)"/) {
                let other = String(dependency.1)
                if names.contains(other), other != room {
                    #expect(mayImport(room, other), "\(room) depends on \(other)")
                }
            }
        }
        #expect(seen.isSuperset(of: ["Ratings", "Engine", "Reports", "Store", "Service", "KindredCommand"]))
    }

    @Test func `no target below the command line mentions an option or a command`() throws {
        for (floor, rooms) in Self.floors {
            for room in rooms where room != "KindredCommand" {
                for (path, text) in try sources(of: floor, room) {
                    let code = text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }
                        .joined(separator: "\n")
                    #expect(!code.contains(/"[^"\n]*--[a-z]+/), "\(path) mentions an option")
                    #expect(
                        !code.contains(/"[^"\n]*kindred (graph|train|fetch|import|serve|keys|compare|tune)\b/),
                        "\(path) mentions a command")
                }
            }
        }
    }
}

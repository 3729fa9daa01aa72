import Downloads
import Foundation
import Platform
import TestSupport
import Testing

/// Archives and servers that mean harm: nothing is written beside the folder, and nothing stays.
struct HostileArchiveTests {
    private let scratch: Scratch
    private let dataSet = PublishedDataSet.all[0]
    private let here: URL

    init() throws {
        scratch = try Scratch()
        here = scratch.url.appendingPathComponent("here")
    }

    /// A zip file that Python's `zipfile` makes by a script, which has it as `z`.
    private func archive(_ script: String) throws -> [UInt8] {
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.currentDirectoryURL = scratch.url
        let begin = "import zipfile as f\nz = f.ZipFile('a.zip', 'w', f.ZIP_DEFLATED)\n"
        python.arguments = ["python3", "-W", "ignore", "-c", begin + script + "\nz.close()"]
        try python.run()
        python.waitUntilExit()
        return Array(try scratch.read("a.zip"))
    }

    private func fetch(_ files: [String: LoopbackServer.File]) async throws {
        let server = try await LoopbackServer(files)
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await Fetcher(dataSet, mirror: server.address, parent: here).fetch { _, _ in })
        } catch { result = .failure(error) }
        try await server.stop()
        try result.get()
    }

    /// The error of a fetch; nil for none, or one of another kind.
    private func failure(_ files: [String: LoopbackServer.File]) async -> FetchError? {
        do { try await fetch(files) } catch { return error as? FetchError }
        return nil
    }

    private func files(_ bytes: [UInt8]) -> [String: LoopbackServer.File] {
        let checksum = Checksum(.md5)
        checksum.update(Data(bytes))
        return [
            "/ml-100k.zip": .init(bytes: bytes),
            "/ml-100k.zip.md5": .init(bytes: Array(checksum.finish().hexadecimal.utf8)),
        ]
    }

    private var leftOvers: [String] { (try? FileManager.default.contentsOfDirectory(atPath: here.path)) ?? [] }

    @Test(
        "15.16: an archive that leads out of its folder, or is none, is refused and removed",
        arguments: [
            "z.writestr('../evil', 'x')", "z.writestr('ml-100k/../../evil', 'x')", "z.writestr('/evil', 'x')",
            "z.writestr('ml-100k/./u.data', 'x')", "z.writestr('a', 'x'); z.writestr('a', 'y')",
            "z.writestr('a', 'x'); z.writestr('a/b', 'y')", "z.writestr('ml-100k/', '')",
            "z.writestr('a' * 300, 'x')", "z.writestr('a/' * 2000 + 'b', 'x')",
        ])
    func hostileArchives(_ script: String) async throws {
        #expect(try await failure(files(archive(script))) != nil)
        #expect(leftOvers.isEmpty && scratch.names.filter { $0 != "here" } == ["a.zip"])
        // The same folder takes a good one then.
        try await fetch(files(archive("z.writestr('ml-100k/u.data', 'x')")))
        #expect(leftOvers == ["ml-100k"])
    }

    @Test("15.16: an archive has neither links nor a password")
    func links() async throws {
        let link = "i = f.ZipInfo('ml-100k/l'); i.create_system = 3; i.external_attr = 0o120777 << 16\n"
        let script = link + "z.writestr(i, '/etc/passwd'); z.writestr('ml-100k/u.data', 'x')"
        try await fetch(files(archive(script)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: here.path + "/ml-100k") == ["u.data"])
        try FileManager.default.removeItem(at: here)
        var encrypted = try archive("z.writestr('ml-100k/u.data', 'x' * 100)")
        // The flag of a password, in the local and in the central header.
        encrypted[6] |= 1
        let central = try #require(encrypted.indices.first { encrypted[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
        encrypted[central + 8] |= 1
        let error = await failure(files(encrypted))
        #expect(error.map { "\($0)" }?.contains("encrypted") == true)
        #expect(leftOvers.isEmpty)
    }

    @Test("15.16: an archive expands within limits, by what it declares and by what it is")
    func bombs() async throws {
        let bomb = try archive("z.writestr('ml-100k/u.data', b'0' * (300 << 20))")
        let error = await failure(files(bomb))
        guard case .cannotUnpack = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(leftOvers.isEmpty)
    }

    @Test("15.16: a body beyond what the data set can be is not loaded")
    func endlessBodies() async throws {
        var files = files([1, 2, 3])
        for file in [
            LoopbackServer.File(bytes: [1], length: .max), .init(bytes: [UInt8](repeating: 1, count: 12 << 20)),
        ] {
            files["/ml-100k.zip"] = file
            let error = await failure(files)
            guard case .tooLarge = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(leftOvers.isEmpty)
        }
    }

    @Test("15.16: redirects lead to http or https, and to an end")
    func redirects() async throws {
        let good = try files(archive("z.writestr('ml-100k/u.data', 'x')"))
        var moved = good
        moved["/moved.zip"] = good["/ml-100k.zip"]
        moved["/ml-100k.zip"] = .init(bytes: [], location: "/moved.zip")
        try await fetch(moved)
        #expect(leftOvers == ["ml-100k"])
        try FileManager.default.removeItem(at: here)
        for target in ["file:///etc/passwd", "ftp://127.0.0.1/x", "/ml-100k.zip", "http+unix://%2Ftmp%2Fx/"] {
            moved["/ml-100k.zip"] = .init(bytes: [], location: target)
            let error = await failure(moved)
            guard case .redirected = error else {
                Issue.record("\(target): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("15.16: the load follows no link that lies in its place")
    func linkInPlace() async throws {
        let victim = try scratch.write("victim", "mine")
        try FileManager.default.createDirectory(at: here, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: here.path + "/.ml-100k.zip.partial", withDestinationPath: victim)
        try await fetch(files(archive("z.writestr('ml-100k/u.data', 'x')")))
        #expect(try scratch.read("victim") == Data("mine".utf8))
    }
}

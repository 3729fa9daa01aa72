import Foundation
import Platform
import TestSupport
import Testing

struct ArchiveLimitsTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// - Returns: how many bytes were read, and the error.
    private func read(_ open: () throws -> ArchiveReader) -> (bytes: Int, error: ArchiveError?) {
        var bytes = 0
        do {
            let reader = try open()
            while try reader.next() != nil {
                while case let block = try reader.read(), !block.isEmpty { bytes += block.count }
            }
        } catch { return (bytes, error as? ArchiveError) }
        return (bytes, nil)
    }

    private func expectRefused(_ result: (bytes: Int, error: ArchiveError?), _ name: String) {
        guard case .expandsTooMuch(let compressed, let uncompressed, 200) = result.error else {
            Issue.record("\(name): \(result)")
            return
        }
        #expect(uncompressed > 200 * compressed && uncompressed > ArchiveLimits.freeBytes, "\(name)")
        let allowed = max(ArchiveLimits.freeBytes, 200 * compressed)
        #expect(max(result.bytes, uncompressed) <= allowed + (2 << 20), "\(name)")
    }

    @Test func `a few bytes that expand to gigabytes are refused`() throws {
        let bomb = (0..<24).flatMap { _ in ArchiveSamples.ones }
        let path = try scratch.write("ones.bz2", bomb)
        expectRefused(read { try ArchiveReader(path: path) }, "file")
        var blocks = [bomb]
        expectRefused(read { try ArchiveReader { blocks.popLast() ?? [] } }, "pipe")

        // 45 MiB are free.
        #expect(read { try ArchiveReader(path: scratch.write("one.bz2", ArchiveSamples.ones)) } == (45 << 20, nil))
        // Whoever wants them all says so.
        let raised = ArchiveLimits(maximumRatio: 1_000_000)
        let two = try scratch.write("two.bz2", ArchiveSamples.ones + ArchiveSamples.ones)
        #expect(read { try ArchiveReader(path: two, limits: raised) } == (90 << 20, nil))
    }

    @Test func `more bytes than allowed are refused`() throws {
        let path = try scratch.write("ones.bz2", ArchiveSamples.ones)
        let result = read { try ArchiveReader(path: path, limits: ArchiveLimits(maximumBytes: 10_000_000)) }
        guard case .tooLarge(let bytes, 10_000_000) = result.error else {
            Issue.record("\(result)")
            return
        }
        #expect(bytes > 10_000_000 && result.bytes < 12_000_000)
    }

    @Test(.enabled(if: PythonFiles.areAvailable, "there is no Python"))
    func `bombs in every format are refused, whether read or passed over`() throws {
        try PythonFiles.make(
            in: scratch,
            """
            ones = b"1" * (16 << 20)
            open("a.gz", "wb").write(gzip.compress(ones) * 5)
            open("a.xz", "wb").write(lzma.compress(ones, preset=0) * 5)
            def add(t, name):
                info = tarfile.TarInfo(name); info.size = 80 << 20
                t.addfile(info, io.BytesIO(ones * 5))
            with tarfile.open("a.tar.gz", "w:gz") as t, tarfile.open("a.tar.xz", "w:xz", preset=0) as x:
                add(t, "ones"); add(x, "ones")
            with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as z:
                for name in "abcde": z.writestr(name, ones)
            with zipfile.ZipFile("nested.zip", "w", zipfile.ZIP_DEFLATED) as z: z.write("a.zip")
            # Empty gzip files, 20 bytes each, which give nothing however long they are read.
            empty = gzip.compress(b"", mtime=0) * (1 << 22)
            with gzip.open("empty.gz", "wb") as f: f.write(empty)
            # A tar file of folders alone, each with a header of 512 bytes.
            folder = tarfile.TarInfo("folder"); folder.type = tarfile.DIRTYPE
            folders = folder.tobuf() * (1 << 14)
            with gzip.open("folders.tar.gz", "wb") as f, lzma.open("folders.tar.xz", "wb", preset=0) as x:
                for _ in range(9): f.write(folders); x.write(folders)
            """)
        for name in ["a.gz", "a.xz", "a.tar.gz", "a.tar.xz", "a.zip", "folders.tar.gz", "folders.tar.xz"] {
            expectRefused(read { try ArchiveReader(path: scratch.path(name)) }, name)
        }
        for name in ["a.tar.gz", "a.tar.xz"] {
            let reader = try ArchiveReader(path: scratch.path(name))
            #expect(try reader.next()?.name == "ones")
            #expect(throws: ArchiveError.self, "\(name)") { try reader.next() }
        }
        for name in ["nested.zip", "empty.gz"] {
            let outer = try ArchiveReader(path: scratch.path(name))
            _ = try outer.next()
            expectRefused(read { try ArchiveReader(inside: outer, source: outer.read) }, name)
        }
    }
}

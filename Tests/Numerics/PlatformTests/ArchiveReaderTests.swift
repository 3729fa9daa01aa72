import Foundation
import Platform
import TestSupport
import Testing

struct ArchiveReaderTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// What is in an archive, by name; `nil` names a lone file.
    private func contents(_ reader: ArchiveReader) throws -> [String?: [UInt8]] {
        var contents: [String?: [UInt8]] = [:]
        while let member = try reader.next() { contents[member.name] = try rest(reader) }
        return contents
    }

    private func rest(_ reader: ArchiveReader) throws -> [UInt8] {
        var content: [UInt8] = []
        while case let block = try reader.read(), !block.isEmpty { content += block }
        return content
    }

    private func open(_ bytes: [UInt8], blocks size: Int = .max) throws -> ArchiveReader {
        var rest = bytes[...]
        return try ArchiveReader {
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }

    private static let bases = Array(0..<15_000).flatMap {
        Array("\($0 % 977),\($0 &* 7_919 % 1_009),\($0 % 10)\n".utf8)
    }

    // MARK: Formats

    @Test(arguments: ArchiveFormat.allCases)
    func `each format is read from a file`(format: ArchiveFormat) throws {
        let reader = try ArchiveReader(path: scratch.write("a", ArchiveSamples.all[format]!))
        #expect(reader.format == (format == .tar ? .bzip2 : format))
        let name = [.zip, .sevenZip, .tar].contains(format) ? "ratings.csv" : nil
        #expect(try contents(reader) == [name: ArchiveSamples.text])
    }

    @Test(arguments: ArchiveFormat.allCases.filter { $0 != .sevenZip }, [1, 3, 50, .max])
    func `each format is read from a pipe, in blocks of any size`(format: ArchiveFormat, size: Int) throws {
        let reader = try open(ArchiveSamples.all[format]!, blocks: size)
        #expect(try Array(contents(reader).values) == [ArchiveSamples.text])
    }

    @Test func `a 7z file from a pipe is refused`() throws {
        let error = #expect(throws: ArchiveError.self) { try open(ArchiveSamples.all[.sevenZip]!) }
        #expect(
            error?.description
                == "cannot be read: a 7z file can be read from a disk only, not from a pipe or an archive")
    }

    @Test func `text is not recognized and not opened`() throws {
        for text in ["", "B", "BZh1,2,3\n", "PK,item\n", "1,2,3\n", "7z,2,3\n", "]\n"] {
            #expect(ArchiveFormat(head: Array(text.utf8)) == nil, "\(text)")
            #expect(throws: ArchiveError.notAnArchive) { try contents(open(Array(text.utf8))) }
        }
        #expect(throws: ArchiveError.notAnArchive) {
            try contents(ArchiveReader(path: scratch.write("a", String(repeating: "1,2,3\n", count: 10_000))))
        }
        #expect(throws: POSIXError.self) { try ArchiveReader(path: scratch.path("missing")) }
    }

    /// Found by fuzzing: libarchive looks for a zip file's table at the end of any file.
    @Test func `a file is what its first bytes say, not its last`() throws {
        let path = try scratch.write("a", Array("1,2,3\n".utf8) + ArchiveSamples.all[.zip]!)
        #expect(throws: ArchiveError.notAnArchive) { try contents(ArchiveReader(path: path)) }
    }

    @Test func `files in a row are one`() throws {
        for format in [ArchiveFormat.gzip, .bzip2, .xz, .zstd] {
            let reader = try open(ArchiveSamples.all[format]! + ArchiveSamples.all[format]!)
            #expect(try contents(reader) == [nil: ArchiveSamples.text + ArchiveSamples.text], "\(format)")
        }
    }

    @Test func `the error of the source is the error of the reader, and repeated`() throws {
        struct Failure: Error, Equatable {}
        for format in ArchiveFormat.allCases where format != .sevenZip {
            var blocks = [Array(ArchiveSamples.all[format]!.dropLast(20))]
            #expect(throws: Failure.self, "\(format)") {
                let reader = try ArchiveReader {
                    guard let block = blocks.popLast() else { throw Failure() }
                    return block
                }
                do { _ = try contents(reader) } catch is Failure {}
                _ = try reader.next()
            }
        }
    }

    // MARK: Damage

    @Test(arguments: [ArchiveFormat.gzip, .bzip2, .xz, .zstd, .lzma, .zip, .tar])
    func `a file cut anywhere is an error`(format: ArchiveFormat) throws {
        let whole = ArchiveSamples.all[format]!
        for count in 0..<whole.count {
            do {
                let read = try contents(open(Array(whole.prefix(count))))
                // All members of a zip file have been read where the mark of the table at its end, of 79 bytes, is there.
                let isWhole =
                    format == .zip && count >= whole.count - 79 + 4 && read == ["ratings.csv": ArchiveSamples.text]
                #expect(isWhole, "\(count) of \(whole.count)")
            } catch { #expect(error is ArchiveError) }
        }
    }

    /// Bits of names and times make no difference to what is read.
    @Test(arguments: [ArchiveFormat.gzip, .bzip2, .xz, .zstd, .zip, .sevenZip])
    func `a wrong bit anywhere is an error or makes no difference`(format: ArchiveFormat) throws {
        var damaged = ArchiveSamples.all[format]!
        for place in damaged.indices {
            for bit in 0..<8 {
                damaged[place] ^= 1 << bit
                let path = try scratch.write("damaged", damaged)
                if let read = try? contents(ArchiveReader(path: path)) {
                    #expect(read.values.allSatisfy { $0 == ArchiveSamples.text }, "bit \(bit) of byte \(place)")
                }
                damaged[place] ^= 1 << bit
            }
        }
    }

    @Test func `damage is found at its place`() throws {
        let whole = ArchiveSamples.all[.gzip]!
        #expect(throws: ArchiveError.damaged(byte: 30, reason: "the file is incomplete")) {
            try contents(open(Array(whole.prefix(30))))
        }
        var damaged = whole
        damaged[damaged.count - 8] ^= 1
        #expect(throws: ArchiveError.damaged(byte: 46, reason: "incorrect data check")) { try contents(open(damaged)) }
    }

    @Test func `what follows compressed data is not dropped silently`() throws {
        let padded = ArchiveSamples.all[.gzip]! + [UInt8](repeating: 0, count: 1_000)
        #expect(try contents(open(padded)) == [nil: ArchiveSamples.text])
        for format in [ArchiveFormat.gzip, .bzip2, .xz, .zstd, .lzma] {
            let whole = ArchiveSamples.all[format]!
            for size in [1, 40, .max] {
                #expect(throws: ArchiveError.self, "\(format)") {
                    try contents(open(whole + Array("1,2,3\n".utf8), blocks: size))
                }
            }
        }
    }

    @Test func `an encrypted member is named and may be passed over`() throws {
        let path = try scratch.write("a.zip", ArchiveSamples.encrypted)
        #expect(throws: ArchiveError.encrypted(member: "ratings.csv")) { try contents(ArchiveReader(path: path)) }
        let reader = try ArchiveReader(path: path)
        #expect(try reader.next()?.name == "ratings.csv")
        #expect(try reader.next() == nil)
    }

    // MARK: Archives of Python

    @Test(.enabled(if: PythonFiles.areAvailable, "there is no Python"))
    func `files of several blocks by Python`() throws {
        try scratch.write("r.csv", Self.bases)
        try PythonFiles.make(
            in: scratch,
            """
            x = open("r.csv", "rb").read() * 20
            gzip.open("r.gz", "wb").write(x)
            bz2.open("r.bz2", "wb").write(x)
            lzma.open("r.xz", "wb").write(x)
            lzma.open("r.lzma", "wb", format=lzma.FORMAT_ALONE).write(x)
            open("r.gz.gz", "wb").write(gzip.compress(gzip.compress(x)))
            """)
        let whole = (0..<20).flatMap { _ in Self.bases }
        for name in ["r.gz", "r.bz2", "r.xz", "r.lzma"] {
            #expect(try contents(ArchiveReader(path: scratch.path(name))) == [nil: whole], "\(name)")
            let bytes = Array(try scratch.read(name))
            #expect(try contents(open(bytes, blocks: 10_007)) == [nil: whole], "\(name)")
            #expect(throws: ArchiveError.self, "\(name)") { try contents(open(bytes.dropLast(bytes.count / 3))) }
        }
        let outer = try ArchiveReader(path: scratch.path("r.gz.gz"))
        #expect(try outer.next()?.name == .some(nil))
        #expect(try contents(ArchiveReader(inside: outer, source: outer.read)) == [nil: whole])
    }

    @Test(.enabled(if: PythonFiles.areAvailable, "there is no Python"), arguments: ["zip", "tar", "tar.gz", "tar.xz"])
    func `files are found in archives, links and folders are not`(kind: String) throws {
        try scratch.write("r.csv", Self.bases)
        try PythonFiles.make(
            in: scratch,
            """
            os.mkdir("ml")
            x = open("r.csv", "rb").read()
            files = {"ml/README": b"x" * 100_000, "ml/r.csv": x, "../é.csv": b"1,2,3\\n", "/empty": b""}
            with zipfile.ZipFile("a.zip", "w", zipfile.ZIP_DEFLATED) as z:
                z.write("ml")
                for name, content in files.items(): z.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
            for kind in ["", ".gz", ".xz"]:
                with tarfile.open("a.tar" + kind, "w:" + kind[1:]) as t:
                    t.add("ml")
                    for type in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
                        link = tarfile.TarInfo("link"); link.type = type; link.linkname = "ml/r.csv"; t.addfile(link)
                    for name, content in files.items():
                        info = tarfile.TarInfo(name); info.size = len(content); t.addfile(info, io.BytesIO(content))
            """)
        let path = scratch.path("a.\(kind)")
        let expected: [String?: [UInt8]] = [
            "ml/README": [UInt8](repeating: UInt8(ascii: "x"), count: 100_000), "ml/r.csv": Self.bases,
            "../é.csv": Array("1,2,3\n".utf8), "/empty": [],
        ]
        #expect(try contents(ArchiveReader(path: path)) == expected)
        #expect(try contents(open(Array(scratch.read("a.\(kind)")), blocks: 4_099)) == expected)

        // Members that nobody reads, or not to their end.
        let reader = try ArchiveReader(path: path)
        while let member = try reader.next() {
            if member.name == "ml/README" { _ = try reader.read() }
            #expect(member.size == expected[member.name]?.count)
        }
    }
}

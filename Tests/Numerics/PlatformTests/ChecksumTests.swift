import Foundation
import Platform
import Testing

struct ChecksumTests {
    /// The examples of FIPS 180-4 and RFC 1321.
    @Test func `SHA-256 and MD5 match published test vectors`() {
        #expect(
            sha256(Data("abc".utf8)).hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            sha256(Data()).hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let md5 = Checksum(.md5)
        md5.update(Data("abc".utf8))
        #expect(md5.finish().hexadecimal == "900150983cd24fb0d6963f7d28e17f72")
    }

    @Test func `checksum of pieces equals checksum of the whole`() {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let checksum = Checksum()
        for start in stride(from: 0, to: bytes.count, by: 777) {
            checksum.update(Array(bytes[start..<min(start + 777, bytes.count)]))
        }
        #expect(checksum.finish() == sha256(bytes))
    }
}

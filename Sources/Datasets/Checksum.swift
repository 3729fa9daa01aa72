import Crypto
import Foundation

/// The MD5 checksum of a file, in hexadecimal digits. It tells a damaged file, not a forged one.
func md5(of file: URL) throws -> String {
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    var hash = Insecure.MD5()
    while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty { hash.update(data: block) }
    return hash.finalize().map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
}

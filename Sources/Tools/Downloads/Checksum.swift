import Foundation
import Platform

/// The MD5 checksum of a file, in hexadecimal digits. It tells a damaged file, not a forged one.
func md5(of file: URL) throws -> String {
    let handle = try FileHandle(forReadingFrom: file)
    defer { try? handle.close() }
    let hash = Checksum(.md5)
    while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty { hash.update(block) }
    return hash.finish().hexadecimal
}

internal import COpenSSL
public import Foundation

/// HMAC-SHA-256 of bytes (RFC 2104), by OpenSSL: who does not have the key can neither make nor check it.
///
/// Under the key `Jefe`, `what do ya want for nothing?` has the hash that starts with `5bdcc146bf60754e` (RFC 4231, case 2).
public func hmacSHA256(_ bytes: some ContiguousBytes, key: some ContiguousBytes) -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    let isDone = unsafe key.withUnsafeBytes { key in
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe HMAC(
                EVP_sha256(), key.baseAddress, Int32(key.count),
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count, &hash, &count) != nil
        }
    }
    precondition(isDone && count == 32, "OpenSSL supports HMAC-SHA-256")
    return hash
}

internal import COpenSSL
public import Foundation

/// HMAC-SHA-256 (RFC 2104) by OpenSSL: without the key nobody can tell which message has a hash.
///
/// `hmacSHA256("Hi There".utf8, key: Data(repeating: 0x0b, count: 20))` starts with `b0344c61` (RFC 4231, test case 1).
///
/// - Parameter key: at least one byte.
/// - Returns: 32 bytes.
public func hmacSHA256(_ message: some Sequence<UInt8>, key: Data) -> [UInt8] {
    precondition(!key.isEmpty, "a keyed hash needs a key")
    let message = Array(message)
    var hash = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    let isDone = unsafe key.withUnsafeBytes { key in
        unsafe HMAC(EVP_sha256(), key.baseAddress, Int32(key.count), message, message.count, &hash, &count) != nil
    }
    precondition(isDone && count == 32, "OpenSSL supports HMAC-SHA-256")
    return hash
}

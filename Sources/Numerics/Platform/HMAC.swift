public import Foundation

/// HMAC-SHA-256 of a message under a key (RFC 2104).
///
/// Of `what do ya want for nothing?` under `Jefe` it is `5bdcc146…64ec3843` (RFC 4231, test case 2).
public func hmacSHA256(_ message: Data, key: Data) -> [UInt8] {
    let blockSize = 64
    var block = key.count > blockSize ? sha256(key) : [UInt8](key)
    block += [UInt8](repeating: 0, count: blockSize - block.count)
    let inner = sha256(Data(block.map { $0 ^ 0x36 }) + message)
    return sha256(Data(block.map { $0 ^ 0x5C }) + Data(inner))
}

internal import COpenSSL
public import Foundation

/// An incremental checksum, by OpenSSL.
@safe public final class Checksum {
    /// A hash function.
    public enum Algorithm {
        /// SHA-256.
        case sha256
        /// Detects damage, not forgery.
        case md5
    }

    private let context: OpaquePointer

    /// Begins a checksum.
    public init(_ algorithm: Algorithm = .sha256) {
        guard let context = unsafe EVP_MD_CTX_new(),
            unsafe EVP_DigestInit_ex(context, algorithm == .md5 ? EVP_md5() : EVP_sha256(), nil) == 1
        else { preconditionFailure("OpenSSL does not support \(algorithm)") }
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds bytes.
    public func update(_ bytes: some ContiguousBytes) {
        let isDone = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(isDone == 1, "OpenSSL accepts any number of bytes")
    }

    /// The checksum of the bytes so far in hexadecimal, after which more may follow.
    public func soFar() -> String {
        guard let copy = unsafe EVP_MD_CTX_new() else { preconditionFailure("OpenSSL has no memory") }
        defer { unsafe EVP_MD_CTX_free(copy) }
        precondition(unsafe EVP_MD_CTX_copy_ex(copy, context) == 1, "a checksum that is not finished can be copied")
        return unsafe Self.digest(of: copy).hexadecimal
    }

    /// The bytes of the checksum; no more bytes can be added afterwards.
    public func finish() -> [UInt8] { unsafe Self.digest(of: context) }

    private static func digest(of context: OpaquePointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let isDone = unsafe EVP_DigestFinal_ex(context, &digest, &count)
        precondition(isDone == 1, "a checksum can be finished only once")
        return Array(digest.prefix(Int(count)))
    }
}

/// The SHA-256 checksum of bytes.
public func sha256(_ bytes: some ContiguousBytes) -> [UInt8] {
    let checksum = Checksum()
    checksum.update(bytes)
    return checksum.finish()
}

extension [UInt8] {
    /// Two hexadecimal digits per byte: `sha256("abc".utf8)` starts with `ba7816bf`.
    public var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}

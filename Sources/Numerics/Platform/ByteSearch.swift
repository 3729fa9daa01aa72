public import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whether bytes occur within others: by `memchr` and `memcmp`, for Foundation compares byte by byte.
public func holds(_ bytes: Data, _ pattern: Data) -> Bool {
    guard let first = pattern.first else { return true }
    return unsafe bytes.withUnsafeBytes { bytes in
        unsafe pattern.withUnsafeBytes { pattern in
            guard var place = bytes.baseAddress, let word = pattern.baseAddress else { return false }
            let end = unsafe place + bytes.count
            while let found = unsafe memchr(place, Int32(first), end - place) {
                let start = UnsafeRawPointer(found)
                guard unsafe end - start >= pattern.count else { return false }
                if unsafe memcmp(start, word, pattern.count) == 0 { return true }
                unsafe place = start + 1
            }
            return false
        }
    }
}

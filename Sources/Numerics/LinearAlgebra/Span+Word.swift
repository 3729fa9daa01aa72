extension Span<UInt8> {
    /// Eight bytes as one word, the first of them lowest.
    ///
    /// - Precondition: all eight are in the span.
    @inlinable @inline(__always)
    public func word(at index: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }
}

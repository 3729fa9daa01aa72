extension Span<UInt8> {
    /// Eight bytes as one little-endian word.
    ///
    /// - Precondition: all eight bytes are in the span.
    @inlinable @inline(__always)
    public func word(at index: Int) -> UInt64 {
        unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }
}

#if _endian(big)
    #error("numbers in frames are little-endian and copied as they are")
#endif

/// Numbers of fixed size to and from bytes, copied at once. The worker's only unsafe code beside `Descriptor`.
extension [UInt8] {
    /// Copies numbers out of the bytes.
    ///
    /// - Precondition: the bytes of all numbers are in the array.
    func numbers<Number: FixedSizeNumber>(_ type: Number.Type, from start: Int, count: Int) -> [Number] {
        let width = MemoryLayout<Number>.stride
        precondition(start >= 0 && count >= 0 && count <= (self.count - start) / width, "numbers within the bytes")
        return unsafe [Number](unsafeUninitializedCapacity: count) { numbers, initialized in
            unsafe withUnsafeBytes { bytes in
                let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<start + count * width])
                unsafe UnsafeMutableRawBufferPointer(numbers).copyMemory(from: part)
            }
            initialized = count
        }
    }

    /// Appends the bytes of numbers.
    mutating func append<Number: FixedSizeNumber>(numbers: ArraySlice<Number>) {
        unsafe numbers.withUnsafeBytes { bytes in unsafe append(contentsOf: bytes) }
    }
}

/// A number whose every pattern of bits is a value.
protocol FixedSizeNumber: BitwiseCopyable {}

extension UInt8: FixedSizeNumber {}
extension Int32: FixedSizeNumber {}
extension UInt32: FixedSizeNumber {}
extension Int: FixedSizeNumber {}
extension UInt64: FixedSizeNumber {}
extension Float: FixedSizeNumber {}
extension Double: FixedSizeNumber {}

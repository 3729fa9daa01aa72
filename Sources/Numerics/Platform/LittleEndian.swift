public import Foundation

/// The integers that bytes hold, little-endian, without a look at each byte: 1, 0, 0, 0, 2, 0, 0, 0 are 1 and 2 as `Int32`.
///
/// - Parameter bytes: as many as whole integers need; of any alignment.
/// - Complexity: O(n); no memory beyond the result.
public func littleEndianIntegers<Integer: FixedWidthInteger & BitwiseCopyable>(_ bytes: Data) -> [Integer] {
    let width = MemoryLayout<Integer>.size
    precondition(bytes.count.isMultiple(of: width), "whole integers")
    let count = bytes.count / width
    let values = unsafe [Integer](unsafeUninitializedCapacity: count) { buffer, filled in
        _ = unsafe bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
        filled = count
    }
    guard Integer(littleEndian: 1) == 1 else { return values.map { Integer(littleEndian: $0) } }
    return values
}

/// The same of numbers in single precision: 0, 0, 128, 63 is 1.
public func littleEndianFloats(_ bytes: Data) -> [Float] {
    precondition(bytes.count.isMultiple(of: 4), "whole numbers")
    guard UInt32(littleEndian: 1) == 1 else {
        return littleEndianIntegers(bytes).map { (bits: UInt32) in Float(bitPattern: bits) }
    }
    return unsafe [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, filled in
        _ = unsafe bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
        filled = bytes.count / 4
    }
}

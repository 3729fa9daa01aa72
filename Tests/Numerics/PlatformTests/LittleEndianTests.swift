import Foundation
import Platform
import Testing

struct LittleEndianTests {
    @Test func `bytes are numbers, the lowest byte first`() {
        let bytes = Data([1, 0, 0, 0, 2, 0, 0, 0])
        #expect(littleEndianIntegers(bytes) == [Int32(1), 2])
        #expect(littleEndianIntegers(bytes) == [Int64(0x2_0000_0001)])
        #expect(littleEndianFloats(Data([0, 0, 128, 63, 0, 0, 0, 192])) == [1, -2])
        #expect(littleEndianIntegers(Data()) == [Int64]() && littleEndianFloats(Data()).isEmpty)
    }

    /// A slice of mapped bytes begins anywhere, and its indices do not begin at 0.
    @Test func `bytes of any alignment are read`() {
        let numbers: [Int64] = [.min, -1, 0, 0x0102_0304_0506_0708, .max]
        let bytes = numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
        for shift in 0..<8 {
            let slice = (Data(repeating: 7, count: shift) + bytes).dropFirst(shift)
            #expect(littleEndianIntegers(slice) == numbers)
        }
    }
}

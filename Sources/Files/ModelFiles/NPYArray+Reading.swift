import FileOutput
import Foundation

/// The contents of an NPY file, limited to what the project writes: float32, int32 or int64, little-endian, in C order.
struct NPYContents {
    let shape: [Int]
    private let type: Substring
    private let payload: ArraySlice<UInt8>
    private let file: String

    /// - Parameter file: its name in errors.
    init(_ bytes: [UInt8], file: String) throws(InputError) {
        self.file = file
        guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8), bytes[6] == 1 else {
            throw Self.damaged(file, "it is not an NPY file of version 1")
        }
        let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
        guard start <= bytes.count else { throw Self.damaged(file, "its header is truncated") }
        let header = String(decoding: bytes[10..<start], as: UTF8.self)
        guard let type = header.firstMatch(of: /'descr': '([^']+)'/)?.1,
            let sizes = header.firstMatch(of: /'shape': \(([0-9, ]*)\)/)?.1, header.contains("'fortran_order': False")
        else { throw Self.damaged(file, "its header cannot be read") }
        self.type = type
        let numbers = sizes.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
        shape = numbers.compactMap(\.self)
        guard shape.count == numbers.count else { throw Self.damaged(file, "its shape is too large") }
        payload = bytes[start...]
        let width = type.hasSuffix("8") ? 8 : 4
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw Self.damaged(file, "its shape is too large") }
            count = product
        }
        guard payload.count.isMultiple(of: width), payload.count / width == count else {
            throw Self.damaged(
                file, "it has \(payload.count) bytes of data, but its shape \(shape) needs \(count) numbers")
        }
    }

    func floats() throws(InputError) -> [Float] {
        guard type == "<f4" else { throw Self.damaged(file, "its type is \(type), not <f4") }
        return words(of: 4).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
    }

    func integers() throws(InputError) -> [Int64] {
        guard type == "<i8" else { throw Self.damaged(file, "its type is \(type), not <i8") }
        return words(of: 8).map { Int64(bitPattern: $0) }
    }

    func shortIntegers() throws(InputError) -> [Int32] {
        guard type == "<i4" else { throw Self.damaged(file, "its type is \(type), not <i4") }
        return words(of: 4).map { Int32(truncatingIfNeeded: $0) }
    }

    private func words(of width: Int) -> [UInt64] {
        stride(from: payload.startIndex, to: payload.endIndex, by: width).map { start in
            (0..<width).reduce(UInt64(0)) { $0 | UInt64(payload[start + $1]) << UInt64(8 * $1) }
        }
    }

    static func damaged(_ file: String, _ problem: String) -> InputError {
        InputError(file: file, problem: problem, remedy: "Retrain the model.")
    }
}

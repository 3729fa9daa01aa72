import FileOutput
import Foundation
import Platform

/// The contents of an NPY file, limited to what the project writes: float32, int32 or int64, little-endian, in C order.
struct NPYContents {
    let shape: [Int]
    let type: String
    /// Not copied: the file may be mapped.
    private let payload: Data
    private let damaged: (_ problem: String) -> InputError

    /// - Parameters:
    ///   - file: its name in errors.
    ///   - remedy: what to do about damage.
    init(_ bytes: Data, file: String, remedy: String = Self.remedy) throws(InputError) {
        let damaged = { Self.damaged(file, $0, remedy: remedy) }
        self.damaged = damaged
        let head = Array(bytes.prefix(10))
        guard head.count == 10, head[0] == 0x93, head[1..<6].elementsEqual("NUMPY".utf8), head[6] == 1 else {
            throw damaged("it is not an NPY file of version 1")
        }
        let length = Int(head[8]) + Int(head[9]) << 8
        guard 10 + length <= bytes.count else { throw damaged("its header is truncated") }
        let header = String(decoding: bytes.dropFirst(10).prefix(length), as: UTF8.self)
        guard let type = header.firstMatch(of: /'descr': '([^']+)'/)?.1,
            let sizes = header.firstMatch(of: /'shape': \(([0-9, ]*)\)/)?.1, header.contains("'fortran_order': False")
        else { throw damaged("its header cannot be read") }
        self.type = String(type)
        let numbers = sizes.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
        shape = numbers.compactMap(\.self)
        guard shape.count == numbers.count else { throw damaged("its shape is too large") }
        payload = bytes.dropFirst(10 + length)
        let width = type.hasSuffix("8") ? 8 : 4
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw damaged("its shape is too large") }
            count = product
        }
        guard payload.count.isMultiple(of: width), payload.count / width == count else {
            throw damaged(
                "it has \(payload.count) bytes of data, but its shape \(shape) needs \(count) numbers")
        }
    }

    func floats() throws(InputError) -> [Float] {
        try require("<f4")
        return littleEndianFloats(payload)
    }

    func integers() throws(InputError) -> [Int64] {
        try require("<i8")
        return littleEndianIntegers(payload)
    }

    func shortIntegers() throws(InputError) -> [Int32] {
        try require("<i4")
        return littleEndianIntegers(payload)
    }

    private func require(_ wanted: String) throws(InputError) {
        guard type == wanted else { throw damaged("its type is \(type), not \(wanted)") }
    }

    static let remedy = "Retrain the model."

    static func damaged(_ file: String, _ problem: String, remedy: String = Self.remedy) -> InputError {
        InputError(file: file, problem: problem, remedy: remedy)
    }
}

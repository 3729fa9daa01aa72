/// A numpy array: NPY format 1.0, little-endian, in C order.
public struct NPYArray: Sendable {
    /// The contents of the file.
    public let bytes: [UInt8]

    package init(_ values: [Int64], shape: [Int]) {
        // Low word first.
        self.init(
            "<i8",
            values.flatMap {
                [UInt32(truncatingIfNeeded: $0), UInt32(truncatingIfNeeded: UInt64(bitPattern: $0) >> 32)]
            },
            shape, wordsPerValue: 2)
    }

    package init(_ values: [Int32], shape: [Int]) {
        self.init("<i4", values.map { UInt32(bitPattern: $0) }, shape)
    }

    package init(_ values: [Float], shape: [Int]) {
        self.init("<f4", values.map(\.bitPattern), shape)
    }

    private init(_ type: String, _ words: [UInt32], _ shape: [Int], wordsPerValue: Int = 1) {
        precondition(shape.reduce(1, *) * wordsPerValue == words.count, "values do not match the shape")
        // A tuple of one needs a trailing comma.
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
        // Magic, version and length take 10 bytes; the data starts at a multiple of 64.
        header += String(repeating: " ", count: 63 - (header.utf8.count + 10) % 64) + "\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        bytes += [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)]
        bytes += Array(header.utf8)
        bytes.append(addingCapacity: 4 * words.count) { bytes in
            for word in words {
                bytes.append(UInt8(truncatingIfNeeded: word))
                bytes.append(UInt8(truncatingIfNeeded: word >> 8))
                bytes.append(UInt8(truncatingIfNeeded: word >> 16))
                bytes.append(UInt8(truncatingIfNeeded: word >> 24))
            }
        }
        self.bytes = bytes
    }
}

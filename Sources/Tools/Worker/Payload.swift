/// Takes the numbers of a frame's payload in order; each array is padded with zeros to a multiple of eight bytes.
struct PayloadReader {
    private let kind: FrameKind
    private let bytes: [UInt8]
    private var place = 0

    init(_ frame: Frame) {
        kind = frame.kind
        bytes = frame.payload
    }

    /// The bytes not yet taken.
    var remaining: Int { bytes.count - place }

    /// A number of 64 bits that counts something.
    mutating func count(_ name: String) throws(WorkerFailure) -> Int {
        let number = try numbers(Int.self, 1, name)[0]
        guard number >= 0 else { throw failure("\(name) is \(number)") }
        return number
    }

    /// The numbers of an array.
    ///
    /// The size is checked before anything is allocated.
    mutating func numbers<Number: FixedSizeNumber>(
        _ type: Number.Type, _ count: Int, _ name: String
    ) throws(WorkerFailure) -> [Number] {
        let width = MemoryLayout<Number>.stride
        guard count >= 0, count <= remaining / width else {
            throw failure("\(count) \(name) need more than the \(remaining) bytes that are left")
        }
        let padded = Self.padded(count * width)
        guard padded <= remaining else { throw failure("\(name) are not padded to a multiple of 8 bytes") }
        let end = place + count * width
        guard bytes[end..<place + padded].allSatisfy({ $0 == 0 }) else {
            throw failure("\(name) are not padded with zeros")
        }
        defer { place += padded }
        return bytes.numbers(type, from: place, count: count)
    }

    /// As many numbers of 64 bits as are left.
    mutating func rest<Number: FixedSizeNumber>(
        _ type: Number.Type, _ name: String
    ) throws(WorkerFailure) -> [Number] {
        let width = MemoryLayout<Number>.stride
        guard remaining % 8 == 0 else { throw failure("\(remaining) bytes of \(name)") }
        return try numbers(type, remaining / width, name)
    }

    /// Throws unless everything was taken.
    func end() throws(WorkerFailure) {
        guard remaining == 0 else { throw failure("\(remaining) bytes too many") }
    }

    func failure(_ description: String) -> WorkerFailure { .badInput("\(kind.name): \(description)") }

    static func padded(_ size: Int) -> Int { (size + 7) & ~7 }
}

/// Collects the numbers of a payload.
struct PayloadWriter {
    private(set) var bytes: [UInt8] = []

    /// - Parameter capacity: the expected size in bytes.
    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    mutating func add(_ numbers: Int...) { bytes.append(numbers: numbers[...]) }

    mutating func add<Number: FixedSizeNumber>(_ numbers: ArraySlice<Number>) {
        bytes.append(numbers: numbers)
        bytes.append(contentsOf: repeatElement(0, count: PayloadReader.padded(bytes.count) - bytes.count))
    }

    mutating func add<Number: FixedSizeNumber>(_ numbers: [Number]) { add(numbers[...]) }
}

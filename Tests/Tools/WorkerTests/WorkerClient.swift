import Testing
import Worker

/// A payload as docs/worker-protocol.md has it, byte by byte: the slow obvious way.
struct Payload {
    private(set) var bytes: [UInt8] = []

    func integer(_ values: Int...) -> Payload { integers(values) }

    func integers(_ values: [Int]) -> Payload { appending(values) { UInt64(bitPattern: Int64($0)) } }

    func words(_ values: [UInt64]) -> Payload { appending(values) { $0 } }

    func int32(_ values: [Int32]) -> Payload { appending(values) { UInt32(bitPattern: $0) } }

    func floats(_ values: [Float]) -> Payload { appending(values) { $0.bitPattern } }

    func halves(_ values: [Float]) -> Payload { appending(values) { UInt8(2 * $0) } }

    private func appending<Value, Bits: FixedWidthInteger>(_ values: [Value], _ bits: (Value) -> Bits) -> Payload {
        var payload = self
        for value in values {
            for byte in 0..<Bits.bitWidth / 8 {
                payload.bytes.append(UInt8(truncatingIfNeeded: bits(value) >> (8 * byte)))
            }
        }
        while payload.bytes.count % 8 != 0 { payload.bytes.append(0) }
        return payload
    }
}

/// Takes numbers out of a payload, byte by byte.
struct Taker {
    private var rest: ArraySlice<UInt8>

    init(_ frame: Frame) { rest = frame.payload[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func integers(_ count: Int) -> [Int] { take(count, UInt64.self).map { Int(Int64(bitPattern: $0)) } }

    mutating func words(_ count: Int) -> [UInt64] { take(count, UInt64.self) }

    mutating func int32(_ count: Int) -> [Int32] { take(count, UInt32.self).map { Int32(bitPattern: $0) } }

    mutating func floats(_ count: Int) -> [Float] { take(count, UInt32.self).map { Float(bitPattern: $0) } }

    mutating func doubles(_ count: Int) -> [Double] { take(count, UInt64.self).map { Double(bitPattern: $0) } }

    private mutating func take<Bits: FixedWidthInteger>(_ count: Int, _ type: Bits.Type) -> [Bits] {
        let width = Bits.bitWidth / 8
        let numbers = (0..<count).map { index -> Bits in
            rest.dropFirst(index * width).prefix(width).reversed().reduce(0) { $0 << 8 | Bits($1) }
        }
        rest = rest.dropFirst((count * width + 7) / 8 * 8)
        return numbers
    }
}

/// Frames to a worker in this process, and what it answered.
struct Answer {
    let frames: [Frame]
    let failure: WorkerFailure?

    func of(_ kind: FrameKind) -> [Frame] { frames.filter { $0.kind == kind } }

    /// The one frame of a kind.
    func one(_ kind: FrameKind) throws -> Taker {
        let found = of(kind)
        try #require(found.count == 1, "\(kind.name): \(failure?.description ?? "")")
        return Taker(found[0])
    }
}

let anyMachine: Machine = {
    var machine = Machine.current
    machine.level = "x86-64-v3"
    return machine
}()

/// Bytes of frames in sequence.
func stream(_ frames: [Frame]) -> [UInt8] { frames.enumerated().flatMap { $1.bytes(sequence: $0) } }

/// A source of bytes that gives as many at once as `cut` says.
func source(_ bytes: [UInt8], cut: @escaping () -> Int = { .max }) -> ByteSource {
    var place = 0
    return { (target, range) in
        let count = min(range.count, bytes.count - place, max(1, cut()))
        target.replaceSubrange(range.prefix(count), with: bytes[place..<place + count])
        place += count
        return count
    }
}

func run(_ bytes: [UInt8], on machine: Machine = anyMachine, _ limits: WorkerLimits = WorkerLimits()) throws -> Answer {
    var output: [UInt8] = []
    var session = WorkerSession(machine: machine, limits: limits, from: source(bytes)) { output += $0 }
    let failure = session.run()
    var reader = FrameReader(from: source(output))
    var frames: [Frame] = []
    while let frame = try reader.next() { frames.append(frame) }
    return Answer(frames: frames, failure: failure)
}

/// Runs frames, the first a CONFIG of settings.
func run(_ settings: [String: Any], _ frames: [Frame] = [], on machine: Machine = anyMachine) throws -> Answer {
    try run(stream([config(settings)] + frames), on: machine)
}

func config(_ settings: [String: Any]) -> Frame {
    let lines = settings.map { "\($0.key)=\($0.value)\n" }.sorted().joined()
    return Frame(.config, Array(lines.utf8))
}

extension Frame {
    init(_ kind: FrameKind, _ payload: Payload) { self.init(kind, payload.bytes) }
}

import FuzzSupport
import Worker

/// The input of a cluster's worker. The first byte of an input says what the rest is:
///
/// - 0: the bytes of a stream as they are.
/// - else: frames that are put into a stream with the right magic, size, number and checksum, which no fuzzer would find. A frame
///   is a byte for its kind, two for the size of the payload, low one first, and the payload, cut where the input ends.
///
/// A worker never traps. It greets, answers in frames, and ends with DONE or with ERROR; the same whatever the cuts of its reads.
@main
enum FuzzWorker {
    static func main() { fuzz(test) }

    private static func test(_ input: [UInt8]) -> Verdict {
        guard let mode = input.first else { return .useless }
        let stream = mode == 0 ? Array(input.dropFirst()) : framed(input.dropFirst())
        let (failure, output) = run(stream, cut: .max)
        let kinds = kinds(of: output)
        requireEqual(kinds.first, .hello, "the first frame")
        requireEqual(kinds.last, failure == nil ? .done : .error, "the last frame after \(kinds)")
        // Every cut is one of the first bytes' choice.
        let again = run(stream, cut: 1 + Int(input[input.count / 2]) % 64)
        requireEqual(again.failure, failure, "with other reads")
        requireEqual(again.output, output, "with other reads")
        return .done
    }
}

private func framed(_ input: ArraySlice<UInt8>) -> [UInt8] {
    var (stream, rest, sequence): ([UInt8], ArraySlice<UInt8>, Int) = ([], input, 0)
    while rest.count >= 3 {
        let head = Array(rest.prefix(3))
        rest = rest.dropFirst(3)
        let payload = Array(rest.prefix(Int(head[1]) | Int(head[2]) << 8))
        rest = rest.dropFirst(payload.count)
        guard let kind = FrameKind(rawValue: UInt32(head[0])) else { continue }
        stream += Frame(kind, payload).bytes(sequence: sequence)
        sequence += 1
    }
    return stream
}

private func run(_ stream: [UInt8], cut: Int) -> (failure: WorkerFailure?, output: [UInt8]) {
    var limits = WorkerLimits()
    (limits.payload, limits.side) = (1 << 16, 64)
    var (place, output): (Int, [UInt8]) = (0, [])
    var session = WorkerSession(
        machine: machine, limits: limits,
        from: { (bytes, range) in
            let count = min(range.count, stream.count - place, cut)
            bytes.replaceSubrange(range.prefix(count), with: stream[place..<place + count])
            place += count
            return count
        }, to: { output += $0 })
    return (session.run(), output)
}

private let machine = {
    var machine = Machine.current
    (machine.level, machine.processors) = ("x86-64-v3", 2)
    return machine
}()

private func kinds(of output: [UInt8]) -> [FrameKind] {
    var place = 0
    var reader = FrameReader { (bytes, range) in
        let count = min(range.count, output.count - place)
        bytes.replaceSubrange(range.prefix(count), with: output[place..<place + count])
        place += count
        return count
    }
    var kinds: [FrameKind] = []
    do { while let frame = try reader.next() { kinds.append(frame.kind) } } catch {
        fatalError("an output of no frames: \(error)")
    }
    return kinds
}

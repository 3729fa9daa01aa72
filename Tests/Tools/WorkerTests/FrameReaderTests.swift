import LinearAlgebra
import Testing
import Worker

struct FrameReaderTests {
    private let frames = [
        Frame(.config, Array("task=graph\n".utf8)), Frame(.pair), Frame(.gramian, (0..<100).map(UInt8.init)),
        Frame(.done, Payload().integer(3, 0)),
    ]

    private func read(_ bytes: [UInt8], limit: Int = 1 << 20, cut: @escaping () -> Int = { .max }) throws -> [Frame] {
        var reader = FrameReader(limit: limit, from: source(bytes, cut: cut))
        var frames: [Frame] = []
        while let frame = try reader.next() { frames.append(frame) }
        #expect(reader.count == frames.count)
        return frames
    }

    private func failure(_ bytes: [UInt8], limit: Int = 1 << 20) -> WorkerFailure? {
        do { _ = try read(bytes, limit: limit) } catch { return error as? WorkerFailure }
        return nil
    }

    @Test func `what is written is read again, wherever reads are cut`() throws {
        var output: [UInt8] = []
        var writer = FrameWriter { output += $0 }
        for frame in frames { try writer.write(frame) }
        #expect(output == stream(frames) && writer.count == 4)
        for seed in 1...50 {
            var generator = SeededGenerator(seed: UInt64(seed))
            #expect(try read(output, cut: { 1 + generator.next(below: 40) }) == frames)
        }
    }

    /// One kind may become another, which `WorkerSession` finds out of place.
    @Test func `every changed byte but that of a kind is refused`() throws {
        let bytes = stream(frames)
        var kinds: Set<Int> = []
        var start = 0
        for frame in frames {
            kinds.insert(start + 4)
            start += WorkerProtocol.headerBytes + frame.payload.count
        }
        for place in bytes.indices {
            for flip in [1, 0x80] as [UInt8] {
                var damaged = bytes
                damaged[place] ^= flip
                if kinds.contains(place) {
                    #expect((try? read(damaged)) != frames)
                } else {
                    // A larger size is an input that ends too early.
                    #expect([.badInput, .brokenPipe].contains(failure(damaged)?.code), "byte \(place)")
                }
            }
        }
    }

    @Test func `an input may end between frames alone`() {
        let bytes = stream(frames)
        var ends = [0]
        for (sequence, frame) in frames.enumerated() { ends.append(ends[sequence] + frame.bytes(sequence: 0).count) }
        for end in 0...bytes.count {
            #expect(failure(Array(bytes[..<end]))?.code == (ends.contains(end) ? nil : .brokenPipe), "\(end)")
        }
    }

    @Test func `lost, repeated and exchanged frames are refused`() {
        let parts = frames.enumerated().map { $1.bytes(sequence: $0) }
        for order in [[1], [0, 0], [0, 2], [0, 2, 1], [0, 1, 1]] {
            #expect(failure(order.flatMap { parts[$0] })?.code == .badInput, "\(order)")
        }
    }

    @Test func `a size above the limit is refused, and one within it takes no memory before the bytes`() {
        let large = Frame(.pair).bytes(sequence: 0)
        var (promise, excess) = (large, large)
        // 2³⁰ bytes, and one above.
        promise[11] = 0x40
        excess[11] = 0x40
        excess[8] = 1
        #expect(failure(promise, limit: 1 << 30)?.code == .brokenPipe)
        #expect(
            failure(excess, limit: 1 << 30)?.description
                == "frame 0 (PAIR): 1073741825 bytes, above the limit of 1073741824")
        #expect(failure(stream([Frame(.pair, [0, 0])]), limit: 1)?.code == .badInput)
        #expect(failure(stream([Frame(.pair, [0])]), limit: 1) == nil)
    }

    @Test func `messages say which frame and why`() {
        var damaged = stream(frames)
        damaged[24] ^= 1
        #expect(failure(damaged)?.description.hasPrefix("frame 0 (CONFIG): the checksum is 0x") ?? false)
        #expect(
            failure(Array("GET / HTTP/1.1\r\n\r\n012345678".utf8))?.description
                == "frame 0: begins with 0x20544547, not with 0x0031574b")
        #expect(
            failure(Array(stream(frames).prefix(30)))?.description
                == "frame 0 (CONFIG): the input ends after 6 of 11 bytes")
        #expect(
            failure(Array(stream(frames).prefix(7)))?.description
                == "frame 0 (header): the input ends after 7 of 24 bytes")
    }
}

import Foundation
import Platform
import TestSupport
import Testing

struct OutputDescriptorTests {
    init() { prepareStandardStreams() }

    @Test func `15.1: a write to a full device, a broken pipe or a closed descriptor throws`() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let failure = #expect(throws: OutputDescriptor.Failure.self) {
            try OutputDescriptor(full.fileDescriptor).write(Array("line\n".utf8))
        }
        #expect(failure?.isBrokenPipe == false && failure?.description.contains("No space left") == true)

        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let broken = #expect(throws: OutputDescriptor.Failure.self) {
            try OutputDescriptor(pipe.fileHandleForWriting.fileDescriptor).write([1])
        }
        #expect(broken?.isBrokenPipe == true)

        #expect(throws: OutputDescriptor.Failure.self) { try OutputDescriptor(1_000_000).write([1]) }
    }

    @Test func `15.1: bytes beyond the room of a pipe that does not wait are written all the same`() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        #expect(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let reader = PipeContents(pipe)
        try OutputDescriptor(descriptor).write(bytes)
        try pipe.fileHandleForWriting.close()
        #expect(reader.all == Data(bytes))
    }
}

/// Reads a pipe on a thread of its own.
private final class PipeContents: @unchecked Sendable {
    private let group = DispatchGroup()
    private var data = Data()

    init(_ pipe: Pipe) {
        DispatchQueue(label: "reader").async(group: group) { [self] in
            data = pipe.fileHandleForReading.readDataToEndOfFile()
        }
    }

    var all: Data {
        group.wait()
        return data
    }
}

import Foundation
import Platform
import Service
import TestSupport
import Testing

struct LineWriterTests {
    private let pipe = Pipe()

    init() { prepareStandardStreams() }

    private func writer(byteLimit: Int = 1 << 20) -> LineWriter {
        LineWriter(OutputDescriptor(pipe.fileHandleForWriting.fileDescriptor), byteLimit: byteLimit) {
            Array("dropped \($0)\n".utf8)
        }
    }

    private func line(_ number: Int) -> [UInt8] { Array("\(number) \(String(repeating: "x", count: 200))\n".utf8) }

    @Test func `15.1: lines of several threads come whole, each once`() throws {
        let writer = writer()
        DispatchQueue(label: "writers").async { [self] in
            DispatchQueue.concurrentPerform(iterations: 1_000) { writer.append(line($0)) }
        }
        var text = ""
        while text.count(where: \.isNewline) < 1_000 {
            text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        }
        let expected = Set((0..<1_000).map { String(decoding: line($0).dropLast(), as: UTF8.self) })
        #expect(Set(text.split(separator: "\n").map(String.init)) == expected && writer.droppedCount == 0)
    }

    /// A pipe has room for 64 KB, and the queue for as much.
    @Test func `15.1: a pipe that nobody reads holds up nobody; what is dropped is counted, and told when it can be`()
        throws
    {
        let writer = writer(byteLimit: 1 << 16)
        for number in 0..<10_000 { writer.append(line(number)) }
        let dropped = writer.droppedCount
        #expect(dropped > 8_000 && dropped < 10_000)
        var (text, told, numbers) = ("", 0, [Int]())
        // What is dropped while the pipe still takes lines is told in parts.
        while told < dropped || numbers.count < 10_000 - dropped {
            text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            told = text.matches(of: /dropped (\d+)\n/).reduce(0) { $0 + (Int($1.1) ?? 0) }
            numbers = text.matches(of: /(?m)^(\d+) x+\n/).compactMap { Int($0.1) }
        }
        #expect(told == dropped && numbers == numbers.sorted() && numbers.count == 10_000 - dropped)
    }

    @Test func `15.1: a reader that goes, or a full device, costs lines alone`() throws {
        try pipe.fileHandleForReading.close()
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        for writer in [
            writer(), LineWriter(OutputDescriptor(full.fileDescriptor)) { _ in [] },
            LineWriter(OutputDescriptor(1_000_000)) { _ in [] },
        ] {
            for number in 0..<100 { writer.append(line(number)) }
            try wait(until: "the lines to be dropped") { writer.droppedCount == 100 }
        }
    }
}

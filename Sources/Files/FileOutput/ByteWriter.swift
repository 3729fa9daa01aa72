import Foundation
import LinearAlgebra
import Platform

/// A buffered file writer.
public struct ByteWriter {
    private static let capacity = 1 << 18

    private let handle: FileHandle
    private let name: String
    private let isSpreadsheetSafe: Bool
    private var buffer: [UInt8] = []

    /// - Parameters:
    ///   - name: the file's name in errors.
    ///   - isPrivate: whether its owner alone may read it.
    init(
        _ path: String, shownAs name: String, isSpreadsheetSafe: Bool, isPrivate: Bool = false
    ) throws(OutputError) {
        self.name = name
        self.isSpreadsheetSafe = isSpreadsheetSafe
        do {
            let file = URL(fileURLWithPath: path)
            if !isPrivate || createPrivateFile(path) != nil { try Data().write(to: file) }
            handle = try FileHandle(forWritingTo: file)
        } catch {
            throw OutputError(
                path: name, problem: "the file cannot be created (\(reason(error)))", remedy: "Name a writable folder.")
        }
        buffer.reserveCapacity(Self.capacity + 4096)
    }

    /// Text as a CSV field of this file.
    package func csvField(_ text: String) -> String {
        FileOutput.csvField(text, isSpreadsheetSafe: isSpreadsheetSafe)
    }

    /// Writes text as UTF-8.
    public mutating func write(_ text: String) throws(OutputError) {
        buffer.append(contentsOf: text.utf8)
        try flushIfFull()
    }

    /// Writes bytes.
    public mutating func write(_ bytes: [UInt8]) throws(OutputError) {
        if bytes.count >= Self.capacity {
            try flush()
            try write(out: bytes)
        } else {
            buffer.append(contentsOf: bytes)
            try flushIfFull()
        }
    }

    /// Writes an integer in decimal digits.
    public mutating func write(_ number: Int) throws(OutputError) {
        buffer.append(decimal: number)
        try flushIfFull()
    }

    /// Writes an integer in decimal digits.
    public mutating func write(_ number: Int32) throws(OutputError) { try write(Int(number)) }

    /// Writes a number in the fewest digits that round-trip.
    public mutating func write(shortest number: Float) throws(OutputError) {
        buffer.append(shortest: number)
        try flushIfFull()
    }

    /// Writes a number in the fewest digits that round-trip.
    public mutating func write(shortest number: Double) throws(OutputError) { try write(number.description) }

    /// Writes rows formatted in parallel, in row order.
    ///
    /// - Parameter body: appends the text of a row; it must not read the preceding text.
    package mutating func write(
        rows count: Int, threads: Int, _ body: @Sendable (_ row: Int, _ text: inout [UInt8]) -> Void
    ) throws(OutputError) {
        // Enough work for every thread, with little text in memory.
        let (part, wave) = (64, 64 * 64 * threads)
        for start in stride(from: 0, to: count, by: wave) {
            let end = min(start + wave, count)
            let texts = Parallel.map((end - start + part - 1) / part, threads: threads) { index in
                var text: [UInt8] = []
                for row in start + index * part..<min(start + (index + 1) * part, end) { body(row, &text) }
                return text
            }
            for text in texts { try write(text) }
        }
    }

    mutating func close() throws(OutputError) {
        try flush()
        do { try handle.close() } catch { throw failure(error) }
    }

    private mutating func flushIfFull() throws(OutputError) {
        if buffer.count >= Self.capacity { try flush() }
    }

    private mutating func flush() throws(OutputError) {
        try write(out: buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private func write(out bytes: [UInt8]) throws(OutputError) {
        do { try handle.write(contentsOf: bytes) } catch { throw failure(error) }
    }

    private func failure(_ error: any Error) -> OutputError {
        OutputError(
            path: name, problem: "writing failed (\(reason(error)))",
            remedy: "Free disk space or name another place; nothing was changed.")
    }
}

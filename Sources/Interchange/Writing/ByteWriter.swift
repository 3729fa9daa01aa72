import Foundation

/// Writes a file through a buffer of bytes.
public struct ByteWriter {
    private static let capacity = 1 << 18

    private let handle: FileHandle
    private let name: String
    private var buffer: [UInt8] = []

    /// - Parameter name: what the file is called in errors.
    init(_ path: String, shownAs name: String) throws(OutputError) {
        self.name = name
        let isCreated = FileManager.default.createFile(atPath: path, contents: nil)
        guard isCreated, let handle = FileHandle(forWritingAtPath: path) else {
            throw OutputError(
                path: name, problem: "the file cannot be made",
                remedy: "Name a folder that you may write.")
        }
        self.handle = handle
        buffer.reserveCapacity(Self.capacity + 4096)
    }

    public mutating func write(_ text: String) throws(OutputError) {
        buffer.append(contentsOf: text.utf8)
        try flushIfFull()
    }

    public mutating func write(_ bytes: [UInt8]) throws(OutputError) {
        buffer.append(contentsOf: bytes)
        try flushIfFull()
    }

    /// A whole number in decimal digits.
    public mutating func write(_ number: Int) throws(OutputError) {
        var rest = number.magnitude
        let start = buffer.count
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            buffer.append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        } while rest > 0
        if number < 0 { buffer.append(UInt8(ascii: "-")) }
        buffer[start...].reverse()
        try flushIfFull()
    }

    public mutating func write(_ number: Int32) throws(OutputError) { try write(Int(number)) }

    /// A number in the fewest digits that give it back.
    public mutating func write(shortest number: Float) throws(OutputError) { try write(number.description) }

    /// A number in the fewest digits that give it back.
    public mutating func write(shortest number: Double) throws(OutputError) { try write(number.description) }

    mutating func close() throws(OutputError) {
        try flush()
        do { try handle.close() } catch { throw failure(error) }
    }

    private mutating func flushIfFull() throws(OutputError) {
        if buffer.count >= Self.capacity { try flush() }
    }

    private mutating func flush() throws(OutputError) {
        do { try handle.write(contentsOf: Data(buffer)) } catch { throw failure(error) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func failure(_ error: any Error) -> OutputError {
        OutputError(
            path: name, problem: "writing failed (\(reason(error)))",
            remedy: "Make room on the disk or name another place; nothing was changed.")
    }
}

import Dispatch
import FileOutput
import Foundation
import Platform

/// Bytes that come block by block: a pipe, a member of an archive, converted text.
///
/// The block after the one in use is read meanwhile.
final class ByteStream {
    private let queue = DispatchQueue(label: "kindred.read-ahead")
    /// Called from the queue alone.
    private let read: () throws(InputError) -> [UInt8]
    private var ahead: Result<[UInt8], InputError>?

    /// - Parameter read: the next block of any size; empty at the end.
    init(_ read: @escaping () throws(InputError) -> [UInt8]) { self.read = read }

    /// The next block; empty at the end.
    func next() throws(InputError) -> [UInt8] {
        nonisolated(unsafe) let stream = self
        let block = queue.sync { unsafe stream.ahead.take() ?? stream.result() }
        if case .success(let bytes) = block, !bytes.isEmpty {
            queue.async { unsafe stream.ahead = stream.result() }
        } else {
            queue.sync { unsafe stream.ahead = block }
        }
        return try block.get()
    }

    private func result() -> Result<[UInt8], InputError> { Result { () throws(InputError) in try read() } }

    private static let blockSize = 1 << 20
}

extension ByteStream {
    /// The bytes of a file that is in memory.
    convenience init(_ file: FileBytes) {
        var position = 0
        self.init { () throws(InputError) in
            let block = position..<min(file.count, position + Self.blockSize)
            defer {
                file.release(block)
                position = block.upperBound
            }
            return Array(file.data[block])
        }
    }

    convenience init(_ pipe: FileHandle, path: String) {
        self.init { () throws(InputError) in
            do {
                return Array(try pipe.read(upToCount: Self.blockSize) ?? Data())
            } catch {
                throw InputError(file: path, problem: "reading failed: \(error)", remedy: "Try again.")
            }
        }
    }

    /// The same with a block before it, which may be empty.
    func following(_ head: [UInt8]) -> ByteStream {
        var first: [UInt8]? = head.isEmpty ? nil : head
        return ByteStream { () throws(InputError) in
            if let head = first.take() { return head }
            return try self.next()
        }
    }

    /// The same with LF for each CR.
    var withLineFeeds: ByteStream {
        ByteStream { () throws(InputError) in
            try self.next().map { $0 == UInt8(ascii: "\r") ? UInt8(ascii: "\n") : $0 }
        }
    }

    /// The same text in UTF-8.
    func converted(from encoding: String, path: String) throws(InputError) -> ByteStream {
        let converter = try Self.textErrors(path) { () throws(TextError) in try TextConverter(from: encoding) }
        return ByteStream { () throws(InputError) in
            while true {
                let block = try self.next()
                let text = try Self.textErrors(path) { () throws(TextError) in
                    block.isEmpty ? try converter.finish() : try converter.convert(block)
                }
                // A block may hold the beginning of a character alone.
                if !text.isEmpty || block.isEmpty { return text }
            }
        }
    }

    private static func textErrors<Value>(
        _ path: String, _ body: () throws(TextError) -> Value
    ) throws(InputError) -> Value {
        do {
            return try body()
        } catch {
            throw InputError(
                file: path, problem: "\(error)",
                remedy: "Use a name that iconv knows, such as WINDOWS-1252 or SHIFT_JIS.", topic: .encoding)
        }
    }
}

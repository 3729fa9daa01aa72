import FileOutput
import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of this process for the files that a fuzzer has read, in memory where the system has such a place.
public let scratch: String = {
    let memory = "/dev/shm"
    let base = FileManager.default.fileExists(atPath: memory) ? memory : NSTemporaryDirectory()
    let folder = "\(base)/kindred-fuzz-\(getpid())"
    // Where it cannot be made, the first file cannot be written.
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: scratch) }
    return folder
}()

/// Writes a file into `scratch`, over what an earlier input left there.
///
/// Foundation takes ten times as long.
///
/// - Returns: its path.
public func write(_ name: String, _ bytes: some Sequence<UInt8>) -> String {
    let path = "\(scratch)/\(name)"
    let content = Array(bytes)
    guard let file = fopen(path, "w"), fwrite(content, 1, content.count, file) == content.count, fclose(file) == 0
    else { fatalError("cannot write \(path)") }
    return path
}

/// What came of reading an input: a value, or the error that a user sees. Any other error, like any trap, is a find.
public enum Outcome<Value: Equatable>: Equatable {
    case read(Value)
    case refused(InputError)

    public init(_ body: () throws -> Value) {
        do {
            self = .read(try body())
        } catch let error as InputError {
            self = .refused(error)
        } catch {
            fatalError("an error that no user can read: \(error)")
        }
    }

    public var value: Value? {
        if case .read(let value) = self { value } else { nil }
    }
}

/// Ends the process, which makes the input a find, where two ways to the same result differ.
public func requireEqual<Value: Equatable>(_ one: Value, _ other: Value, _ what: String) {
    if one != other { fatalError("\(what):\n\(one)\n\(other)") }
}

/// Splits an input into its first line and the bytes behind it; nil where it has but one line.
///
/// The first line names the file that the rest is the content of.
public func named(_ input: [UInt8]) -> (name: String, content: [UInt8])? {
    guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    return (String(decoding: input[..<end], as: UTF8.self), Array(input[(end + 1)...]))
}

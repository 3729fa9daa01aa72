import Foundation
import Kindred

/// The bytes that this machine can still give, by `MemAvailable` of Linux; nil where that is not known.
///
/// The library lives in the processes of others: what cannot be had is refused before it is asked for, because Swift ends a
/// process whose allocation fails.
var availableMemory: Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kilobytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return kilobytes.map { $0 << 10 }
}

/// Throws where something needs more memory than there is.
func requireMemory(_ bytes: Int, _ what: @autoclosure () -> String) throws(Failure) {
    // Small needs are not worth a look at the machine.
    guard bytes > 64 << 20, let available = availableMemory, bytes > available else { return }
    throw .memory("\(what()) need up to \(bytes >> 20) MiB, and \(available >> 20) MiB are free")
}

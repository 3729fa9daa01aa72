import Foundation
import Kindred

/// Options as lines `name=value`: each is taken by its name, and what is left at the end is unknown.
struct OptionLines {
    private var values: [(name: String, value: String)] = []
    private var known: [String] = []

    /// - Throws: `Failure` for a line of another form and for a name that comes twice.
    init(_ text: UnsafePointer<CChar>?) throws(Failure) {
        let lines = unsafe (String(c: text) ?? "").split(separator: "\n")
        for line in lines {
            let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, !sides[0].isEmpty else {
                throw .value("option \"\(line)\" is not name=value; write one option a line")
            }
            guard !values.contains(where: { $0.name == sides[0] }) else {
                throw .value("option \(sides[0]) is given twice; leave one out")
            }
            values.append((sides[0], sides[1]))
        }
    }

    /// The text of an option; nil where it is not given.
    mutating func text(_ name: String) -> String? {
        known.append(name)
        guard let place = values.firstIndex(where: { $0.name == name }) else { return nil }
        return values.remove(at: place).value
    }

    /// Sets a number or truth value where it is given.
    mutating func take<Value: LosslessStringConvertible>(_ name: String, into value: inout Value) throws(Failure) {
        guard let text = text(name) else { return }
        guard let given = Value(text) else {
            throw .value("\(name) is \"\(text)\"; it has to be \(Self.kind(of: Value.self))")
        }
        value = given
    }

    /// Sets one of several words where it is given.
    mutating func take<Value: RawRepresentable & CaseIterable>(_ name: String, into value: inout Value) throws(Failure)
    where Value.RawValue == String {
        guard let text = text(name) else { return }
        guard let given = Value(rawValue: text) else {
            let words = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw .value("\(name) is \"\(text)\"; it has to be one of \(words)")
        }
        value = given
    }

    /// The number of threads: all processors where it is 0 or not given.
    mutating func threads() throws(Failure) -> Int {
        var threads = 0
        try take("threads", into: &threads)
        guard (0...OptionRange.threads.upperBound).contains(threads) else {
            throw .value(
                "threads is \(threads); it has to be \((0...OptionRange.threads.upperBound).words), 0 for all processors"
            )
        }
        return threads > 0 ? threads : max(1, ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Takes what begins with a prefix, without it.
    mutating func takeAll(after prefix: String) -> [(name: String, value: String)] {
        defer { values.removeAll { $0.name.hasPrefix(prefix) } }
        return values.filter { $0.name.hasPrefix(prefix) }.map { (String($0.name.dropFirst(prefix.count)), $0.value) }
    }

    /// Takes whatever is left, such as the parameters of a model.
    mutating func takeAll() -> [(name: String, value: String)] {
        defer { values = [] }
        return values
    }

    /// Throws where an option was not taken.
    func requireNoOther() throws(Failure) {
        guard let other = values.first else { return }
        throw .value("there is no option \"\(other.name)\"; there are \(known.sorted().joined(separator: ", "))")
    }

    private static func kind(of type: Any.Type) -> String {
        switch type {
        case is Bool.Type: "true or false"
        case is Int.Type, is UInt64.Type: "a whole number"
        default: "a number"
        }
    }
}

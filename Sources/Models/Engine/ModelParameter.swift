import LinearAlgebra

/// A parameter of a model: its name on the command line and in files, and where a configuration holds it.
public struct ModelParameter: Sendable {
    /// As the configurations' errors have it.
    public let name: String
    /// What values are, as in "a whole number".
    public let values: String
    /// Where `kindred tune` looks for values; nil for a parameter that it leaves alone.
    public let search: SearchRange?
    /// The range of a number in words, as in "1 to 512"; nil for other values.
    public let range: String?
    private let read: @Sendable (ModelConfiguration) -> String
    private let write: @Sendable (inout ModelConfiguration, String) -> Bool

    /// The value as text, of which `set` makes the same value.
    public func value(in configuration: ModelConfiguration) -> String { read(configuration) }

    /// - Returns: false where the text is no value of the parameter's kind; its range is for `ModelKind.validate` to see.
    func set(_ text: String, in configuration: inout ModelConfiguration) -> Bool { write(&configuration, text) }

    init<Value: TextualValue>(
        _ name: String, _ place: any WritableKeyPath<ModelConfiguration, Value> & Sendable, range: String? = nil,
        search: SearchRange? = nil
    ) {
        self.name = name
        self.range = range
        self.search = search
        values = Value.kind
        read = { $0[keyPath: place].text }
        write = { configuration, text in
            guard let value = Value(text: text) else { return false }
            configuration[keyPath: place] = value
            return true
        }
    }

    init<Value: TextualValue & Comparable & CustomStringConvertible>(
        _ name: String, _ place: any WritableKeyPath<ModelConfiguration, Value> & Sendable,
        in range: ClosedRange<Value>,
        search: SearchRange? = nil
    ) {
        self.init(name, place, range: range.words, search: search)
    }
}

/// What can be written as the value of a parameter.
protocol TextualValue: SendableMetatype {
    /// What values are, as in "a whole number".
    static var kind: String { get }
    init?(text: String)
    var text: String { get }
}

extension TextualValue where Self: LosslessStringConvertible {
    init?(text: String) { self.init(text) }
    var text: String { description }
}

extension TextualValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    static var kind: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
    init?(text: String) { self.init(rawValue: text) }
    var text: String { rawValue }
}

extension Int: TextualValue { static var kind: String { "a whole number" } }
extension UInt64: TextualValue { static var kind: String { "a whole number, 0 or more" } }
extension Double: TextualValue { static var kind: String { "a number" } }
extension Float: TextualValue { static var kind: String { "a number" } }
extension Bool: TextualValue { static var kind: String { "true or false" } }

extension Double?: TextualValue {
    static var kind: String { "a number, or none" }

    init?(text: String) {
        let number = Double(text)
        guard number != nil || text == "none" else { return nil }
        self = number
    }

    var text: String { map(\.description) ?? "none" }
}

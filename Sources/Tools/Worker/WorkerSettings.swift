/// The kind of work that a configuration asks for.
enum WorkerTask: String, CaseIterable {
    case graph, merge, als, implicit

    /// The keys of the configuration, besides those of every task, and the type of each value.
    var keys: [String: SettingType] {
        switch self {
        case .graph:
            [
                "users": .count, "items": .count, "ratings": .count, "neighbors": .count,
                "measure": .word(["cosine", "centered"]), "weights": .word(["none", "idf", "bm25"]),
                "norms": .word(["all", "shared"]), "minSupport": .count, "minSimilarity": .number,
                "shrinkage": .number, "exact": .word(["0", "1"]), "pairing": .word(["across", "within"]),
            ]
        case .merge: ["neighbors": .count]
        case .als:
            Self.factorKeys.merging(["mean": .number, "biasRegularization": .number]) { $1 }
        case .implicit:
            Self.factorKeys.merging(
                [
                    "unobservedWeight": .number, "threshold": .number, "least": .number, "most": .number,
                    "highestWeight": .number, "scaleMinimum": .number, "scaleMaximum": .number,
                ]) { $1 }
        }
    }

    private static let factorKeys: [String: SettingType] = [
        "rank": .count, "first": .count, "partners": .count, "side": .word(["user", "item"]),
        "solver": .word(["lapack", "kernel"]), "stream": .word(["0", "1"]), "regularization": .number,
        "regularizationExponent": .number,
    ]
}

/// The type of a setting's value.
enum SettingType {
    /// A whole number from 0 on.
    case count
    /// A finite number, decimal or hexadecimal (`0x1.8p+1`).
    case number
    case word([String])
    case text

    func accepts(_ value: String) -> Bool {
        switch self {
        case .count: Int(value).map { $0 >= 0 } ?? false
        case .number: Double(value)?.isFinite ?? false
        case .word(let words): words.contains(value)
        case .text: true
        }
    }

    var words: String {
        switch self {
        case .count: "a whole number from 0 on"
        case .number: "a finite number"
        case .word(let words): words.joined(separator: " or ")
        case .text: "text"
        }
    }
}

/// The configuration of a worker: lines of `key=value`.
///
/// `task=als\nrank=64\nmean=0x1.c3p+1\n`: keys of the task alone, each once.
struct WorkerSettings {
    let task: WorkerTask
    private let values: [String: String]

    private static let common: [String: SettingType] = [
        "task": .word(WorkerTask.allCases.map(\.rawValue)), "threads": .count, "level": .text, "core": .text,
    ]

    /// - Throws: `WorkerFailure` that names the key which is unknown, repeated, missing or of the wrong type.
    init(_ payload: [UInt8]) throws(WorkerFailure) {
        guard let text = String(validating: payload, as: UTF8.self) else {
            throw .badInput("CONFIG: the text is not UTF-8")
        }
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { throw .badInput("CONFIG: \(line) is not key=value") }
            let key = String(line[..<equals])
            guard values.updateValue(String(line[line.index(after: equals)...]), forKey: key) == nil else {
                throw .badInput("CONFIG: \(key) is given twice")
            }
        }
        guard let name = values["task"] else { throw .badInput("CONFIG: task is missing") }
        guard let task = WorkerTask(rawValue: name) else {
            throw .badInput("CONFIG: task is \(name); it has to be \(Self.common["task"]?.words ?? "")")
        }
        let types = Self.common.merging(task.keys) { $1 }
        // In order, so that the message does not change from run to run.
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let type = types[key] else { throw .badInput("CONFIG: unknown key \(key) for the task \(name)") }
            guard type.accepts(value) else {
                throw .badInput("CONFIG: \(key) is \(value); it has to be \(type.words)")
            }
        }
        self.task = task
        self.values = values
    }

    /// A value that may be missing.
    func text(_ key: String) -> String? { values[key] }

    /// A whole number from 0 on.
    func count(_ key: String) throws(WorkerFailure) -> Int { try required(key, Int.init) }

    func double(_ key: String) throws(WorkerFailure) -> Double { try required(key, Double.init) }

    /// Rounded to the nearest where the text has more digits.
    func float(_ key: String) throws(WorkerFailure) -> Float {
        let value = try required(key, Float.init)
        guard value.isFinite else { throw .badInput("CONFIG: \(key) is \(value); it has to be a finite number") }
        return value
    }

    /// A flag, 0 or 1.
    func flag(_ key: String) throws(WorkerFailure) -> Bool { try required(key, Int.init) == 1 }

    /// A word that is a value of an enumeration.
    func word<Value: RawRepresentable<String>>(
        _ key: String, _ type: Value.Type
    ) throws(WorkerFailure) -> Value { try required(key) { Value(rawValue: $0) } }

    private func required<Value>(_ key: String, _ parse: (String) -> Value?) throws(WorkerFailure) -> Value {
        guard let text = values[key] else { throw .badInput("CONFIG: \(key) is missing") }
        guard let value = parse(text) else { throw .badInput("CONFIG: \(key) is \(text)") }
        return value
    }

    /// The failure of a value outside its range.
    static func outOfRange(_ option: String, _ value: String, _ range: String) -> WorkerFailure {
        .badInput("CONFIG: \(option) is \(value); it has to be \(range)")
    }
}

import Live

/// The text format of Prometheus, version 0.0.4: families of samples, each with its help and type.
///
/// No package that resolves here writes it; `promtool check metrics` reads it in a test.
struct PrometheusText {
    private(set) var text = ""

    enum Kind: String { case counter, gauge, histogram, summary }

    typealias Labels = KeyValuePairs<String, String>

    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels = [:], _ value: Double) {
        text += "\(name)\(Self.braced(labels)) \(Self.number(value))\n"
    }

    /// A family of one sample.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        family(name, kind, help)
        sample(name, [:], value)
    }

    /// The buckets of a histogram, which count up, with its sum and count.
    mutating func samples(_ name: String, _ labels: [(String, String)] = [], _ histogram: Histogram) {
        var total = 0
        let bounds = histogram.bounds.map(Self.number) + ["+Inf"]
        for (bound, count) in zip(bounds, histogram.counts) {
            total += count
            text += "\(name)_bucket\(Self.braced(labels + [("le", bound)])) \(total)\n"
        }
        text += "\(name)_sum\(Self.braced(labels)) \(Self.number(histogram.sum))\n"
        text += "\(name)_count\(Self.braced(labels)) \(total)\n"
    }

    private static func braced(_ labels: Labels) -> String { braced(labels.map { ($0.key, $0.value) }) }

    private static func braced(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// 3.0 as 3.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }
}

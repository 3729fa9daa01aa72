import Live

/// The text format of Prometheus, version 0.0.4: families of samples, each with its help and type.
///
/// No package that resolves here writes it; `promtool check metrics` reads it in a test.
struct PrometheusText {
    private(set) var text = ""
    /// The samples alone, without the buckets of histograms, which would be most of them.
    private(set) var samples: [MetricSample] = []

    enum Kind: String { case counter, gauge, histogram, summary }

    typealias Labels = KeyValuePairs<String, String>

    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: Labels = [:], _ value: Double) {
        write(name, labels.map { ($0.key, $0.value) }, Self.number(value))
    }

    private mutating func write(_ name: String, _ labels: [(String, String)], _ value: String) {
        let labels = Self.joined(labels)
        text += "\(name)\(Self.braced(labels)) \(value)\n"
        samples.append(MetricSample(metric: name, labels: labels, value: value))
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
            text += "\(name)_bucket\(Self.braced(Self.joined(labels + [("le", bound)]))) \(total)\n"
        }
        write("\(name)_sum", labels, Self.number(histogram.sum))
        write("\(name)_count", labels, "\(total)")
    }

    private static func joined(_ labels: [(String, String)]) -> String {
        labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
    }

    private static func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// 3.0 as 3.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }
}

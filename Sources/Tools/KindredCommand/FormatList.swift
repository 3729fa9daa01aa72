import ArgumentParser
import GraphFiles

/// The formats to write, as they are named on the command line.
struct FormatList: ExpressibleByArgument, CustomStringConvertible {
    let formats: [GraphFormat]

    init() { formats = [.csv, .graphML] }

    init?(argument: String) {
        let names = argument.split(separator: ",")
        formats = names.compactMap { GraphFormat(rawValue: String($0)) }
        guard formats.count == names.count, !formats.isEmpty else { return nil }
    }

    var description: String { formats.map(\.rawValue).joined(separator: ",") }
    var defaultValueDescription: String { description }
}

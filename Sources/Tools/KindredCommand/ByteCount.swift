import ArgumentParser

/// An amount of memory as people write it: `800MB` or `1.5GB`, in powers of 1000.
struct ByteCount: ExpressibleByArgument, Equatable {
    let bytes: Int

    private static let units = [("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1.0)]

    init?(argument: String) {
        let text = argument.uppercased()
        let (suffix, factor) = Self.units.first { text.hasSuffix($0.0) } ?? ("", 1)
        guard let number = Double(text.dropLast(suffix.count)), number > 0, number * factor < 1e18 else { return nil }
        bytes = Int(number * factor)
    }
}

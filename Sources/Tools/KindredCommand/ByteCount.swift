import ArgumentParser

/// An amount of memory as people write it: `800MB` or `1.5GB`, in powers of 1000.
struct ByteCount: ExpressibleByArgument, Equatable {
    let bytes: Int

    /// The range in words, for help.
    static let range = "1 to 1,000TB"
    private static let largest = 1e15

    private static let units = [("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1.0)]

    init?(argument: String) {
        let text = argument.uppercased()
        let (suffix, factor) = Self.units.first { text.hasSuffix($0.0) } ?? ("", 1)
        guard let number = Double(text.dropLast(suffix.count)), case let size = number * factor,
            1...Self.largest ~= size
        else { return nil }
        bytes = Int(size)
    }
}

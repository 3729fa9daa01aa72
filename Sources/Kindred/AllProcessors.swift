public import Engine
import Foundation
public import RatingFiles

/// Results never depend on the number of threads.
private let processors = max(1, ProcessInfo.processInfo.activeProcessorCount)

extension RatingsReader {
    /// The defaults, on all processors.
    public static var onAllProcessors: RatingsReader {
        var reader = RatingsReader()
        reader.threads = processors
        return reader
    }
}

extension GraphConfiguration {
    /// The defaults, on all processors.
    public static var onAllProcessors: GraphConfiguration {
        var configuration = GraphConfiguration()
        configuration.threads = processors
        return configuration
    }
}

extension ModelConfiguration {
    /// The defaults, on all processors.
    public static var onAllProcessors: ModelConfiguration {
        var configuration = ModelConfiguration()
        configuration.threads = processors
        return configuration
    }
}

import Foundation
import RatingFiles
import Ratings

#if Serving
    import Store
#endif

extension Dataset {
    /// Reads a source, a store or files, and shows the progress.
    ///
    /// - Parameter hasAllItems: whether a store gives items that nobody has rated too, as the service has them.
    init(_ options: SourceOptions, hasAllItems: Bool = false, threads: Int, progress: ProgressLine) throws {
        try self.init(
            options.source, options.reading, hasAllItems: hasAllItems, threads: threads, progress: progress)
    }

    init(
        _ path: String, _ reading: ReadingOptions, hasAllItems: Bool = false, threads: Int, progress: ProgressLine
    ) throws {
        defer { progress.end() }
        #if Serving
            if Store.isStore(path) {
                progress.begin("reading")
                self = try Store(path).ratings(threads: threads, hasAllItems: hasAllItems).dataset
                return
            }
        #endif
        let source = try RatingsSource(path)
        let attributes = try? FileManager.default.attributesOfItem(atPath: source.ratings)
        progress.begin("reading", total: (attributes?[.size] as? NSNumber)?.doubleValue ?? 0, unit: "B")
        self = try source.dataset(reader: reading.reader(threads: threads)) { progress.update($0) }
    }
}

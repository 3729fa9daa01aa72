import Foundation
import RatingFiles
import Ratings

#if Serving
    import Store
#endif

extension Dataset {
    /// Reads a source, a store or files, and shows the progress.
    init(_ options: SourceOptions, threads: Int, progress: ProgressLine) throws {
        try self.init(options.source, options.reading, threads: threads, progress: progress)
    }

    init(_ path: String, _ reading: ReadingOptions, threads: Int, progress: ProgressLine) throws {
        defer { progress.end() }
        #if Serving
            if Store.isStore(path) {
                progress.begin("reading")
                self = try Store(path).ratings(threads: threads).dataset
                return
            }
        #endif
        let source = try RatingsSource(path)
        let attributes = try? FileManager.default.attributesOfItem(atPath: source.ratings)
        progress.begin("reading", total: (attributes?[.size] as? NSNumber)?.doubleValue ?? 0, unit: "B")
        self = try source.dataset(reader: reading.reader(threads: threads)) { progress.update($0) }
    }
}

import FileOutput
import RatingFiles
import Ratings

#if Serving
    import Store
#endif

extension Dataset {
    /// Reads a source, a store or files, and shows the progress.
    ///
    /// - Parameters:
    ///   - hasAllItems: whether a store gives items that nobody has rated too, as the service has them.
    ///   - isExported: whether what is computed tells of single users, who have to consent to exports too.
    init(
        _ options: SourceOptions, hasAllItems: Bool = false, isExported: Bool = false, threads: Int,
        progress: ProgressLine
    ) throws {
        try self.init(
            options.source, options.reading, hasAllItems: hasAllItems, isExported: isExported, threads: threads,
            progress: progress)
    }

    init(
        _ path: String, _ reading: ReadingOptions, hasAllItems: Bool = false, isExported: Bool = false, threads: Int,
        progress: ProgressLine
    ) throws {
        defer { progress.end() }
        #if Serving
            if !FileKind.isPipe(path), Store.isDatabase(path) {
                try reading.requireNone(for: path)
                progress.begin("reading")
                self = try Store(reading: path).ratings(
                    threads: threads, hasAllItems: hasAllItems,
                    for: isExported ? [.personalization, .export] : [.personalization]
                ).dataset
                return
            }
        #endif
        let source = try reading.file.source(path)
        let size = source.ratings.reduce(0) { $0 + $1.byteCount }
        progress.begin("reading", total: Double(size), unit: "B")
        self = try source.dataset(reader: reading.reader(threads: threads)) { progress.update($0) }
        progress.end()
        if progress.isVerbose { SourceMessages.show(reading: self.reading, notes: notes, of: path) }
    }
}

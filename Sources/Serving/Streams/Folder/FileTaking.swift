import FileOutput
import Foundation
import Platform
import RatingFiles
import Ratings
import Store

/// Takes one file of a watched folder into the store.
struct FileTaking {
    let settings: FolderSettings
    let store: Store
    /// Asked between the batches of a large file.
    let isStopped: @Sendable () -> Bool

    enum Verdict {
        /// - Parameters:
        ///   - start: where reading went on; 0 for the whole file.
        ///   - anew: why a file that was read before is read from its beginning.
        case taken(FileOutcome, WatchedFile, start: Int, anew: String?)
        /// The same bytes are in the store.
        case repeated(WatchedFile)
        /// It may be that somebody is still writing.
        case waits(String)
        case failed(String)
        /// It is no longer what it was when it was found.
        case changed
        case stopped
    }

    /// - Parameters:
    ///   - known: what the store knows of the path.
    ///   - isPatient: whether it has rested for so long that it is what it is going to be.
    /// - Throws: `StoreError` where the store does not take anything.
    func take(_ file: FoundFile, _ known: WatchedFile?, isPatient: Bool, now: Int64) throws(StoreError) -> Verdict {
        guard let sums = try? ContentSums(file.path, first: known?.offset ?? 0) else {
            return FileStatus(path: file.path) != file.status
                ? .changed : failure("\(file.name): the file cannot be read. Check its permissions.", isPatient)
        }
        guard sums.count == file.status.size else { return .changed }
        if sums.count == 0 { return .waits("\(file.name) is empty") }
        var note = WatchedFile(
            path: file.path, inode: file.status.inode, size: sums.count, modified: file.status.modified,
            offset: sums.count, checksum: sums.whole)
        if try store.isImported(sums.whole) { return .repeated(note) }
        if !sums.endsLine, !sums.isCompressed, !isPatient || isOpenForWriting(file.path) == true {
            return .waits("the last line of \(file.name) has no end")
        }
        if sums.isCompressed, isOpenForWriting(file.path) == true { return .waits("\(file.name) is being written") }
        // What follows a line that had no end is part of it.
        if !sums.endsLine { (note.offset, note.checksum) = (0, "") }
        let anew = known.flatMap { reasonToBeginAnew(file, $0, sums) }
        let start = anew == nil ? known?.offset ?? 0 : 0
        do {
            let outcome = try outcome(of: file, sums.whole, from: start, now: now)
            guard let outcome else { return FileStatus(path: file.path) == file.status ? .stopped : .changed }
            return .taken(outcome, note, start: start, anew: anew)
        } catch {
            guard FileStatus(path: file.path) == file.status else { return .changed }
            switch error {
            case StoreError.refused(let reason): return failure(reason, isPatient)
            case let error as StoreError: throw error
            default:
                // A header whose rows are still to come.
                if let error = error as? InputError, error.line == 1, sums.lineCount <= 1 {
                    return .waits("\(file.name) has no ratings yet")
                }
                return failure("\(error)", isPatient)
            }
        }
    }

    private func failure(_ reason: String, _ isPatient: Bool) -> Verdict {
        isPatient ? .failed(reason) : .waits(reason)
    }

    /// nil where a file was appended to, or nothing of it is taken.
    private func reasonToBeginAnew(_ file: FoundFile, _ known: WatchedFile, _ sums: ContentSums) -> String? {
        guard known.offset > 0 else { return known.state == .taken ? "its last line had no end" : nil }
        guard known.inode == file.status.inode else { return "another file has its name" }
        guard let beginning = sums.beginning else { return "it is shorter than what was read of it" }
        guard beginning.checksum == known.checksum else { return "what was read of it has changed" }
        if sums.isCompressed { return "it is compressed" }
        return beginning.endsLine ? nil : "its last line had no end"
    }

    /// - Returns: nil where the file changed while it was read, or the store was told to stop.
    private func outcome(
        of file: FoundFile, _ checksum: String, from start: Int, now: Int64
    ) throws -> FileOutcome? {
        if let catalog = CatalogFile(file.path, besides: [settings.done]) {
            var facts = try facts(of: catalog)
            if let pseudonyms = settings.pseudonyms { facts = facts.map { $0.pseudonymized(by: pseudonyms) } }
            guard FileStatus(path: file.path) == file.status else { return nil }
            return try store.importFacts(facts, name: file.name, checksum: checksum, now: now)
        }
        var reader = settings.reader
        reader.onBadRow = .skip
        reader.isShared = true
        reader.start = start
        let source = try RatingsSource(file.path, unpacking: reader.unpacking)
        // Catalogs in the folder are taken by themselves.
        var input = try ImportSource(
            reader.rows(source.ratings), of: source, by: reader, name: file.name, checksum: checksum,
            hasCatalogs: source.hasOwnCatalogs, minimisation: settings.minimisation)
        guard FileStatus(path: file.path) == file.status else { return nil }
        if let pseudonyms = settings.pseudonyms { input = input.pseudonymized(by: pseudonyms) }
        return try store.importFile(input, scale: settings.scale, now: now, isStopped: isStopped)
    }

    private func facts(of catalog: CatalogFile) throws -> [StreamChange] {
        switch catalog.content {
        case .genres: return []
        case .items:
            let (ids, items) = try catalog.items()
            return (0..<ids.count).map { item in
                .item(
                    ItemFacts(
                        id: ids[item], title: items.titles[item],
                        genres: items.genres[item].map { items.genreNames[$0] }))
            }
        case .users:
            let (ids, all) = try catalog.users(keeping: settings.minimisation.kept)
            let users = settings.minimisation.reduced(all)
            return (0..<ids.count).map { user in
                let attributes = users.attributes.compactMap { attribute in
                    attribute.values[user].map { (attribute.name, $0) }
                }
                return .user(UserFacts(id: ids[user], attributes: Dictionary(attributes) { first, _ in first }))
            }
        }
    }
}

import FileOutput
import Foundation
import Platform
import Store

/// What a watched folder is known to hold, and what one look after another makes of it.
struct FolderWatch: Sendable {
    private let settings: FolderSettings
    private let store: Store
    private let untilEmpty: Bool
    private let board: FolderBoard
    private var scan: FolderScan
    /// By path, as the store has it.
    private var known: [String: WatchedFile]
    /// Files that were looked into and wait, by path, and whether that was the last time.
    private var tried: [String: (status: FileStatus, isPatient: Bool)] = [:]
    /// What people were told, once each.
    private var told: Set<String> = []

    /// - Throws: `StoreError`.
    init(_ settings: FolderSettings, _ store: Store, untilEmpty: Bool, _ board: FolderBoard) throws(StoreError) {
        (self.settings, self.store, self.untilEmpty, self.board) = (settings, store, untilEmpty, board)
        scan = FolderScan(settings.location, besides: FolderSettings.location(of: store.path))
        known = try store.watchedFiles(in: settings.location + "/")
    }

    /// Looks at the folder once, and takes what rests.
    ///
    /// - Returns: whether there is nothing left and nobody waits for more.
    /// - Throws: `InputError` where the folder cannot be read, `StoreError` where the store takes nothing.
    mutating func pass() throws -> Bool {
        guard !board.isHeld else {
            board.held()
            return false
        }
        var isDone = untilEmpty
        for file in try look() {
            if board.isHeld { return false }
            if let known = known[file.path], isSame(file, known) {
                if known.state == .taken, !settings.keepsFiles { try moveIfClosed(file) }
                continue
            }
            let isPatient = file.rest >= settings.patience || file.status.size == 0
            if let tried = tried[file.path], tried.status == file.status, tried.isPatient || !isPatient {
                isDone = isDone && tried.isPatient
                continue
            }
            guard isPatient || file.rest >= settings.rest else {
                isDone = false
                continue
            }
            isDone = try take(file, isPatient: isPatient) && isDone
        }
        return isDone
    }

    /// The files of the folder; those that have left it are forgotten.
    private mutating func look() throws -> [FoundFile] {
        let found: [FoundFile]
        do { found = try scan.look(at: .now) } catch {
            throw InputError(
                file: settings.path, problem: "the folder cannot be read (\(FileOutput.reason(error)))",
                remedy: "Check that it is there, and its permissions.")
        }
        for (name, reason) in scan.passedOver.sorted(by: { $0.key < $1.key }) where told.insert(name).inserted {
            board.say(.passedOver(file: name, reason: reason))
        }
        let paths = Set(found.map(\.path))
        for file in known.values.sorted(by: { $0.path < $1.path }) where !paths.contains(file.path) {
            try store.forget(file)
            known[file.path] = nil
        }
        tried = tried.filter { paths.contains($0.key) }
        board.beginLook(lag: found.reduce(0) { $0 + max(0, $1.status.size - (known[$1.path]?.offset ?? 0)) })
        return found
    }

    private func isSame(_ file: FoundFile, _ known: WatchedFile) -> Bool {
        (known.inode, known.size, known.modified) == (file.status.inode, file.status.size, file.status.modified)
    }

    /// - Returns: whether the file needs no other look.
    private mutating func take(_ file: FoundFile, isPatient: Bool) throws -> Bool {
        let taking = FileTaking(settings: settings, store: store) { [board] in board.isHeld }
        let now = Int64(Date().timeIntervalSince1970)
        switch try taking.take(file, known[file.path], isPatient: isPatient, now: now) {
        case .taken(let outcome, let note, let start, let anew):
            if let anew { board.say(.anew(file: file.name, reason: anew)) }
            board.took(file.name, outcome, start: start)
            try settle(file, note)
        case .repeated(let note):
            board.repeated(file.name)
            try settle(file, note)
        case .waits(let reason):
            tried[file.path] = (file.status, isPatient)
            if told.insert(reason).inserted { board.say(.held(reason: reason)) }
            return isPatient
        case .failed(let reason):
            board.failed(file.name, reason)
            try fail(file, reason)
        case .changed, .stopped:
            return false
        }
        return true
    }

    // MARK: Where files go

    /// Moves a file that is taken away, or remembers it where it stays.
    private mutating func settle(_ file: FoundFile, _ note: WatchedFile) throws {
        guard !settings.keepsFiles, isOpenForWriting(file.path) != true else { return try remember(note) }
        if let problem = FiledFiles(settings: settings).moveToDone(file) {
            try remember(note)
            board.trouble(problem)
        } else {
            try forget(file)
        }
    }

    /// Moves a file that was taken while somebody had it open, once nobody has.
    private mutating func moveIfClosed(_ file: FoundFile) throws {
        guard isOpenForWriting(file.path) != true else { return }
        if let problem = FiledFiles(settings: settings).moveToDone(file) {
            board.trouble(problem)
        } else {
            try forget(file)
        }
    }

    private mutating func fail(_ file: FoundFile, _ reason: String) throws {
        var note = WatchedFile(
            path: file.path, inode: file.status.inode, size: file.status.size, modified: file.status.modified,
            state: .failed, reason: reason)
        // A file of which a part is taken may be mended behind it.
        if let known = known[file.path] { (note.offset, note.checksum) = (known.offset, known.checksum) }
        guard !settings.keepsFiles else { return try remember(note) }
        if let problem = FiledFiles(settings: settings).moveToFailed(file, reason: reason) {
            try remember(note)
            board.trouble(problem)
        } else {
            try forget(file)
        }
    }

    private mutating func remember(_ note: WatchedFile) throws {
        try store.note(note)
        known[note.path] = note
        tried[note.path] = nil
    }

    private mutating func forget(_ file: FoundFile) throws {
        tried[file.path] = nil
        guard let note = known.removeValue(forKey: file.path) else { return }
        try store.forget(note)
    }
}

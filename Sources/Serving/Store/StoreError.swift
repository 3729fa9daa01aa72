import GRDB

/// Why a store cannot be used, or why it did not take something.
public enum StoreError: Error, Equatable, Codable {
    /// There is no such file, and none was to be made.
    case missing(path: String)
    /// The file is no store, or a broken one.
    case damaged(path: String, detail: String)
    /// The file is a store, but what is in it does not fit together or is not as it was written.
    case inconsistent(path: String, problem: String, remedy: String)
    /// The file is another program's database; nothing was done to it.
    case foreign(path: String, detail: String)
    /// An earlier version of the program has written the file, and it lacks what was to be read.
    case older(path: String, detail: String)
    /// A later version of the program has changed the file.
    case newer(path: String)
    /// The file, or its log, was removed or replaced while it was open.
    case replaced(path: String)
    /// Another service writes the store, and this one only reads.
    case served(path: String)
    /// Another process holds the file and did not let go in time.
    case locked(path: String)
    /// The disk has no room left; nothing of the write was done.
    case full(path: String)
    /// The file or its folder may not be read or written.
    case notPermitted(path: String, detail: String)
    /// A value that the store does not take.
    case refused(String)
    /// A query that is not to be run, or that SQLite does not understand.
    case query(String)
    /// A query that ran for longer than it may.
    case tooLong(seconds: Double)
    /// A published table would spend more of the privacy budget than is left.
    case overBudget(spent: PrivacyLoss, asked: PrivacyLoss, total: PrivacyLoss)

    /// Whether the file holds together, so that what is computed of it may come again.
    public var isRepairable: Bool {
        if case .inconsistent = self { true } else { false }
    }

    /// Whatever was thrown while the store was used.
    init(anything error: any Error, path: String) {
        self =
            switch error {
            case let error as StoreError: error
            case let error as DatabaseError: StoreError(error, path: path)
            case let error as RowDecodingError:
                .damaged(path: path, detail: "a value is not of its column's type: \(error)")
            default: .refused("\(error)")
            }
    }

    /// What SQLite says, as what a person can do about it.
    init(_ error: DatabaseError, path: String) {
        self =
            switch error.resultCode {
            case .SQLITE_NOTADB, .SQLITE_CORRUPT: .damaged(path: path, detail: error.message ?? "")
            case .SQLITE_BUSY, .SQLITE_LOCKED: .locked(path: path)
            case .SQLITE_FULL: .full(path: path)
            case .SQLITE_AUTH: .query(HiddenTables.explanation(error.message ?? ""))
            case .SQLITE_NOMEM: .query("it takes more memory than it may have. Ask for less at once.")
            // The log and its index grow outside of what SQLite knows to be full.
            case .SQLITE_IOERR
            where [.SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE].contains(error.extendedResultCode):
                .full(path: path)
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR:
                .notPermitted(path: path, detail: error.message ?? "")
            default: .query(error.message ?? "\(error.resultCode)")
            }
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): there is no such store. Import ratings into a new one."
        case .damaged(let path, let detail):
            "\(path): the file is no Kindred store or is damaged (\(detail)). "
                + "Restore a copy, or import the ratings into a new file."
        case .inconsistent(let path, let problem, let remedy): "\(path): \(problem). \(remedy)"
        case .foreign(let path, let detail):
            "\(path): this is an SQLite database, but not a Kindred store (\(detail)); nothing was changed. "
                + "Name a store, or write the ratings of this database to a CSV file and name that."
        case .older(let path, let detail):
            "\(path): an earlier version of kindred has written this store, which lacks what is read here (\(detail)). "
                + "Import into it or serve it: both bring it up to date."
        case .newer(let path):
            "\(path): a later version of kindred has written this store. Use that version, or import into a new file."
        case .replaced(let path):
            "\(path): the file or its log was removed or replaced while the store is open; nothing more is stored. "
                + "Stop the service, put the right file in its place, and start again."
        case .served(let path):
            "\(path): another service writes this store, and this one only reads. Ask that one, or stop it."
        case .locked(let path):
            "\(path): another process has held the store for too long. Wait until it is done, or stop it."
        case .full(let path):
            "\(path): the disk is full; nothing of what was written last is kept. Make room and go on."
        case .notPermitted(let path, let detail):
            "\(path): the store cannot be opened or written (\(detail)). Check the folder and its permissions."
        case .refused(let reason): reason
        case .query(let reason): "the query cannot be run: \(reason)"
        case .tooLong(let seconds):
            "the query ran for more than \(seconds) s and was ended. Ask for less, or allow it more time."
        case .overBudget(let spent, let asked, let total):
            "the privacy budget does not allow this: \(spent) of \(total) are spent, and \(asked) more were asked for. "
                + "Publish with less, or raise the total: then more can be learned of each user."
        }
    }
}

import Dispatch
import FileOutput
import Foundation
public import Store

/// A watched folder: files that are put into it are imported once they rest, and then moved to `done` or `failed`.
///
/// What a file is, its bytes say (SHA-256): under another name, or again, it is not taken twice. A file that stays and is appended
/// to is read on from where it ended. All that has to outlast the process is in the store, in the commits that take the rows.
/// Those who follow the store are told of each change of a small file (`Store.follow`).
public final class FolderSource: StreamSource {
    public let name: String
    private let settings: FolderSettings
    private let store: Store
    private let untilEmpty: Bool
    private let board: FolderBoard
    /// Reads and writes files; nobody else waits on it.
    private let queue = DispatchQueue(label: "kindred.watch")

    /// - Parameters:
    ///   - untilEmpty: whether `run` returns once there is nothing left to take.
    ///   - tell: called with each thing that a person may want to know.
    /// - Throws: `InputError` where there is no such folder.
    public init(
        _ settings: FolderSettings, into store: Store, untilEmpty: Bool = false,
        tell: @escaping @Sendable (FolderNews) -> Void = { _ in }
    ) throws {
        guard FileKind(settings.path) == .folder else {
            throw InputError(
                file: settings.path, problem: "there is no such folder", remedy: "Make it, or check the path.")
        }
        self.settings = settings
        self.store = store
        self.untilEmpty = untilEmpty
        board = FolderBoard(tell: tell)
        name = "folder \(URL(fileURLWithPath: settings.location).lastPathComponent)"
    }

    public var status: StreamStatus { board.status }
    /// How many files failed since the program started.
    public var failedFiles: Int { board.failedFiles }

    public func pause() { board.pause(true) }
    public func resume() { board.pause(false) }

    public func run() async throws {
        do {
            try await withTaskCancellationHandler {
                try await lookUntilDone()
            } onCancel: {
                board.stop()
            }
            board.become(.stopped)
        } catch {
            board.trouble("\(error)", .failed)
            throw error
        }
    }

    private func lookUntilDone() async throws {
        var watch = try FolderWatch(settings, store, untilEmpty: untilEmpty, board)
        while !Task.isCancelled {
            let result: Result<Bool, any Error>
            (watch, result) = await pass(watch)
            switch result {
            case .success(true): return
            case .success(false): try? await Task.sleep(for: .seconds(settings.pollInterval))
            case .failure(let error) where untilEmpty || !Self.passes(error): throw error
            case .failure(let error):
                board.trouble("\(error)", .waiting)
                try? await Task.sleep(for: Self.wait)
            }
        }
    }

    /// One look, on the source's own thread.
    private func pass(_ watch: FolderWatch) async -> (FolderWatch, Result<Bool, any Error>) {
        await withCheckedContinuation { continuation in
            queue.async {
                var watch = watch
                let result = Result { try watch.pass() }
                continuation.resume(returning: (watch, result))
            }
        }
    }

    /// How long a folder that is away, a full disk or a store that somebody else holds is left alone.
    private static let wait = Duration.seconds(2)

    /// Whether an error goes by itself, or once somebody has made room.
    private static func passes(_ error: any Error) -> Bool {
        switch error {
        case StoreError.full, StoreError.locked: true
        case is StoreError: false
        default: true
        }
    }
}

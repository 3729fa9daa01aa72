import Foundation
import Platform
import Store
import Synchronization

/// The process that answers one statement of an administrator: see `QueryProcess`.
///
/// It reads the statement from standard input, and writes the table as JSON, or a `StoreError` and ends with 1.
public enum QueryWorker {
    /// Bytes of the values of an answer.
    private static let byteLimit = 8 << 20
    /// Bytes of each temporary file: others need the disk as well.
    private static let fileLimit = 1 << 30
    private static let hasEnded = Atomic(false)

    public static func answer(store: String, rowLimit: Int, timeLimit: Double) -> Never {
        lowerPriority()
        QueryConfinement.begin(timeLimit: timeLimit, fileLimit: fileLimit) { end(.tooLong(seconds: timeLimit)) }
        let sql = (try? FileHandle.standardInput.readToEnd()) ?? Data()
        var query = ReadOnlyQuery(String(decoding: sql, as: UTF8.self))
        query.rowLimit = rowLimit
        query.timeLimit = timeLimit
        query.byteLimit = byteLimit
        do throws(StoreError) {
            let table = try query.run(onStoreAt: store)
            guard let json = try? Answer.encoder.encode(table) else { throw .query("its names cannot be written") }
            end(json, status: 0)
        } catch {
            end(error)
        }
    }

    private static func end(_ error: StoreError) -> Never {
        end((try? JSONEncoder().encode(error)) ?? Data(), status: 1)
    }

    /// Whichever is first, the answer or the end of its time.
    private static func end(_ answer: Data, status: Int32) -> Never {
        while hasEnded.exchange(true, ordering: .relaxed) { sleep(1) }
        try? OutputDescriptor.standardOutput.write(Array(answer))
        _exit(status)
    }
}

import FileOutput
import Foundation
import Platform
import RatingFiles

#if Serving
    import Store
#endif

/// Tells a store what was written from it, so that whoever is erased is erased there too.
struct OutputLedger {
    /// What was read.
    let source: String
    let isQuiet: Bool

    /// Remembers files, where the source is a store.
    ///
    /// - Parameters:
    ///   - kind: such as graph.
    ///   - anonymous: names of files that hold nothing of single users.
    func record(_ kind: String, _ files: [String], anonymous: Set<String> = []) {
        #if Serving
            guard !FileKind.isPipe(source), Store.isDatabase(source) else { return }
            let now = Int64(Date().timeIntervalSince1970)
            record(
                files.compactMap { file in
                    let url = URL(fileURLWithPath: file)
                    guard let bytes = try? Data(contentsOf: url, options: .mappedIfSafe) else { return nil }
                    return Output(
                        kind: kind, place: url.path, written: now, sha256: sha256(bytes).hexadecimal,
                        rows: file.hasSuffix(".csv") ? Self.rows(bytes) : nil,
                        holdsPeople: !anonymous.contains(url.lastPathComponent))
                })
        #endif
    }

    #if Serving
        /// Remembers a folder with a document about the store itself, before it is written.
        func recordDocument(_ kind: String, in folder: String) {
            let place = URL(fileURLWithPath: folder).standardizedFileURL.path
            let now = Int64(Date().timeIntervalSince1970)
            do { try Store(source).recordDocument(kind, at: place, now: now) } catch {
                if !isQuiet { Console.message("note: \(source) cannot keep where this is written (\(error))") }
            }
        }

        /// Remembers outputs of any kind. A store that cannot be written stays as it is, and the user is told.
        func record(_ outputs: [Output]) {
            do { try Store(source).record(outputs) } catch {
                guard !isQuiet else { return }
                Console.message(
                    "note: \(source) cannot keep where this was written (\(error)); whoever is erased from it later has to be "
                        + "removed here by hand")
            }
        }

        /// The lines below the header.
        private static func rows(_ bytes: Data) -> Int {
            max(0, bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) } - 1)
        }
    #endif
}

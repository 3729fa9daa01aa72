import Foundation
import Hummingbird
import NIOCore
import NIOPosix

extension ResponseBody {
    /// Bytes that are read, compressed and written at once; larger pieces would keep other connections waiting.
    private static var piece: Int { 32_768 }

    /// A file, read as it is taken: a download that nobody reads holds one piece. (Hummingbird's `FileIO` reads megabytes ahead.)
    static func file(_ path: String) async throws -> ResponseBody {
        let threads = NIOThreadPool.singleton
        let (file, size) = try await threads.runIfActive {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            let size = Int(try file.seekToEnd())
            try file.seek(toOffset: 0)
            return (file, size)
        }
        return ResponseBody(contentLength: size) { writer in
            var rest = size
            while rest > 0 {
                let bytes = try await threads.runIfActive { [rest] in
                    ByteBuffer(bytes: try file.read(upToCount: min(rest, piece)) ?? Data())
                }
                guard bytes.readableBytes > 0 else { throw CocoaError(.fileReadCorruptFile) }
                rest -= bytes.readableBytes
                try await writer.write(bytes)
            }
            try await writer.finish(nil)
        }
    }
}

#if KINDRED_CHECKS
    #if canImport(Glibc)
        internal import Glibc
    #elseif canImport(Darwin)
        internal import Darwin
    #endif
    internal import Synchronization

    /// A fault that tests order by `KINDRED_WORKER_FAULT`; only builds with checks have it.
    ///
    /// It strikes once a worker that has read something answers with more than its HELLO:
    /// - `exit:CODE`, `abort`: ends there.
    /// - `cut`: ends with code 0 inside the header of a frame.
    /// - `crc`: a frame has the wrong checksum.
    /// - `early`: ends with code 0 before DONE.
    /// - `stderr:BYTES`: writes as many bytes of messages, and goes on.
    /// - `hang`: waits for ever.
    ///
    /// Where `KINDRED_WORKER_FAULT_ONCE` names a file, it strikes only the worker that removes the file.
    public final class Fault: Sendable {
        private let name: String
        private let number: Int
        private let marker: String?
        private let state = Mutex((hasRead: false, frames: 0, hasStruck: false))

        /// The fault that the environment orders, if any.
        public init() {
            let order = Self.variable("KINDRED_WORKER_FAULT") ?? ""
            let parts = order.split(separator: ":", maxSplits: 1).map(String.init)
            name = parts.first ?? ""
            number = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            marker = Self.variable("KINDRED_WORKER_FAULT_ONCE")
        }

        /// Standard input.
        public var source: ByteSource {
            { (bytes, range) throws(WorkerFailure) in
                let count = try Descriptor.readInput(&bytes, range)
                if count > 0 { self.state.withLock { $0.hasRead = true } }
                return count
            }
        }

        /// Standard output.
        public var sink: ByteSink {
            { (bytes) throws(WorkerFailure) in try Descriptor.writeOutput(self.struck(bytes)) }
        }

        private func struck(_ bytes: [UInt8]) throws(WorkerFailure) -> [UInt8] {
            guard bytes.count == WorkerProtocol.headerBytes, bytes.starts(with: [0x4B, 0x57, 0x31, 0]) else {
                return bytes
            }
            let isDue = state.withLock { state in
                state.frames += 1
                guard state.hasRead, state.frames > 1, !state.hasStruck else { return false }
                let isDone = bytes[4] == UInt8(FrameKind.done.rawValue)
                state.hasStruck = !name.isEmpty && (isDone || name != "early")
                return state.hasStruck
            }
            guard isDue, removesMarker() else { return bytes }
            return try strike(bytes)
        }

        private func strike(_ bytes: [UInt8]) throws(WorkerFailure) -> [UInt8] {
            var bytes = bytes
            switch name {
            case "exit":
                Descriptor.report("the fault that a test has ordered")
                Descriptor.end(Int32(truncatingIfNeeded: number))
            case "abort": abort()
            case "cut":
                try Descriptor.writeOutput(Array(bytes.prefix(12)))
                Descriptor.end(0)
            case "crc": bytes[16] ^= 1
            case "early": Descriptor.end(0)
            case "stderr":
                let line = Array(repeating: UInt8(ascii: "x"), count: 79) + [UInt8(ascii: "\n")]
                for _ in 0..<(number + 79) / 80 { try Descriptor.write(line, to: STDERR_FILENO) }
            case "hang": while true { sleep(1000) }
            default: break
            }
            return bytes
        }

        private func removesMarker() -> Bool {
            guard let marker else { return true }
            return unsafe unlink(marker) == 0
        }

        private static func variable(_ name: String) -> String? {
            unsafe getenv(name).map { unsafe String(cString: $0) }
        }
    }
#endif

#if Serving
    import Dispatch
    import FileOutput
    import Foundation
    import Streams
    import Synchronization

    /// Runs a source in the foreground until it ends or the program is told to stop; then it ends cleanly, with all that was taken
    /// stored.
    enum SourceRun {
        /// - Parameter isQuiet: whether it tells neither progress nor troubles.
        /// - Returns: the signal that stopped it, or nil.
        static func run(_ source: any StreamSource, isQuiet: Bool) async throws -> Int32? {
            let work = Task { try await source.run() }
            let stop = StopSignals { work.cancel() }
            let watch = Task { await follow(source, isQuiet: isQuiet) }
            let result = await work.result
            watch.cancel()
            await watch.value
            try result.get()
            return stop.received
        }

        /// Draws progress on a terminal, and says once what troubles there are.
        private static func follow(_ source: any StreamSource, isQuiet: Bool) async {
            guard !isQuiet else { return }
            let progress = ProgressLine(isEnabled: true)
            progress.begin("reading")
            var told: String?
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(200))
                let status = source.status
                if let error = status.lastError, error != told {
                    progress.end()
                    Console.message(error)
                    told = error
                }
                let done = Double(status.taken + status.repeated + status.rejected)
                let total = done + Double(status.lag ?? 0)
                progress.update(
                    total > 0 ? done / total : 0, total: total, unit: "messages")
            }
            progress.end()
        }
    }

    /// The first SIGINT or SIGTERM asks to stop, the second ends the program at once.
    final class StopSignals: Sendable {
        private let signals = Mutex<[Int32]>([])
        private let sources = Mutex<[any DispatchSourceSignal]>([])

        var received: Int32? { signals.withLock { $0.first } }

        init(_ stop: @escaping @Sendable () -> Void) {
            sources.withLock { $0 = [SIGINT, SIGTERM].map { watch($0, stop) } }
        }

        private func watch(_ number: Int32, _ stop: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
            // The default action would end the process before the source is told.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
            source.setEventHandler { [weak self] in
                let count = self?.signals.withLock { signals in
                    signals.append(number)
                    return signals.count
                }
                guard count == 1 else { _exit(128 + number) }
                stop()
            }
            source.resume()
            return source
        }
    }
#endif

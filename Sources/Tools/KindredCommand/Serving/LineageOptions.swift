#if Serving
    import ArgumentParser
    import Dispatch
    import FileOutput
    import Foundation
    import Governance
    import RatingFiles
    import Store
    import Streams

    /// Whether a command tells of its work in OpenLineage.
    struct LineageOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "Tell of the run in OpenLineage: append its events to a file, or post them to a server.",
                valueName: "url|file"))
        var lineage: LineageTarget?

        /// Runs a command, with an event before it and one after it.
        ///
        /// - Parameter body: it can add to the job what is known only then.
        func telling<Value>(
            _ job: @autoclosure () -> LineageJob, _ body: (inout LineageJob) throws -> Value
        ) throws -> Value {
            var job = job()
            guard let lineage else { return try body(&job) }
            lineage.tell(.start, of: job)
            do {
                let value = try body(&job)
                lineage.tell(.complete, of: job)
                return value
            } catch {
                lineage.tell(.fail(type: "\(type(of: error))"), of: job)
                throw error
            }
        }

        /// What a command reads: the ratings of a store, or files.
        func input(_ path: String, _ files: FileOptions) -> [LineageDataset] {
            guard lineage != nil, !FileKind.isPipe(path) else { return [] }
            if Store.isDatabase(path) {
                return (try? Store(reading: path)).flatMap { try? LineageDataset(ratingsOf: $0) }.map { [$0] } ?? []
            }
            let found = try? files.source(path)
            let bytes = found?.ratings.reduce(0) { $0 + $1.byteCount }
            return [.source(path, checksum: try? found?.checksum(), bytes: bytes)]
        }
    }

    extension LineageTarget {
        /// For commands that wait for nothing else; a problem is a message.
        func tell(_ event: LineageJob.Event, of job: LineageJob) {
            let done = DispatchSemaphore(value: 0)
            Task.detached {
                await self.tellSoon(event, of: job)
                done.signal()
            }
            done.wait()
        }

        func tellSoon(_ event: LineageJob.Event, of job: LineageJob) async {
            if let problem = await send(event, of: job) { Console.message("warning: \(problem)") }
        }
    }

    extension LineageTarget: ExpressibleByArgument {
        public init?(argument: String) { self.init(argument) }
    }
#endif

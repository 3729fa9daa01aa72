#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import Governance
    import LinearAlgebra
    import Privacy
    import RatingFiles
    import Store
    import Streams

    struct PublishCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "publish",
            abstract: "Send films, users and ratings to Kafka.",
            discussion: """
                The source is a file, a folder or an archive of a data set, a store, or an HTTP API that gives a list page by \
                page (--api). Messages are JSON with a key, so that those of one rating, film or user keep their order, and \
                are in their topic once however often a broker is lost (docs/publish.md). Films and users are sent first.

                With --state a run that was stopped or killed goes on behind the last message that is known to be delivered. \
                Without --kafka the messages are printed, a line each.

                EXAMPLES
                  kindred publish ml-100k --kafka localhost:9092 --rate 100
                  kindred publish ml-100k --kafka localhost:9092 --speed 100000x --loop
                  kindred publish --api https://example.org/ratings --kafka localhost:9092 --state ratings.state
                  kindred publish ml-100k --output - | kcat -b localhost:9092 -t ratings
                """)

        @Argument(help: "A file, a folder or an archive of a data set, or a store.")
        var source: String?

        @Option(help: ArgumentHelp("An HTTP API instead: the address of its first page.", valueName: "url"))
        var api: String?

        @OptionGroup(title: "Kafka") var kafka: KafkaOptions

        @Option(help: ArgumentHelp("Print the messages instead: -", valueName: "-"))
        var output: String?

        @Option(
            help: ArgumentHelp(
                "Messages per second, \(OptionRange.messageRate.words). (default: unlimited)", valueName: "n"))
        var rate: Double?

        @Option(
            help: ArgumentHelp(
                "Replay by the times of the ratings, so many times as fast, such as 100x; \(OptionRange.speed.words).",
                valueName: "factor"))
        var speed: ReplaySpeed?

        @Flag(help: "Begin anew at the end.")
        var loop = false

        @Option(
            help: ArgumentHelp(
                "File that keeps how far it came; the next run with it goes on there.", valueName: "file"))
        var state: String?

        @OptionGroup var pseudonyms: PseudonymOptions
        @OptionGroup var lineage: LineageOptions

        @OptionGroup(title: "Files") var file: FileOptions

        @OptionGroup(title: "Run") var runtime: RunOptions

        func validate() throws {
            if (source == nil) == (api == nil) { throw ValidationError("name a source or --api, one of them") }
            if let output, output != "-" { throw ValidationError("output is \"\(output)\"; it has to be -") }
            if kafka.kafka != nil, output != nil { throw ValidationError("--kafka and --output do not go together") }
            if rate != nil, speed != nil { throw ValidationError("--rate and --speed do not go together") }
            if api != nil, pseudonyms.pseudonymKey != nil {
                throw ValidationError("--pseudonym-key needs a store, and --api names none")
            }
            if api != nil, speed != nil {
                throw ValidationError("--speed needs all ratings in the order of time, which an API does not give")
            }
            try OptionRange.messageRate.validate("rate", rate)
            try OptionRange.speed.validate("speed", speed?.factor)
        }

        func run() async throws {
            var publisher = Publisher()
            if let rate { publisher.pacing = .rate(rate) }
            if let speed { publisher.pacing = .speed(speed.factor) }
            publisher.kinds = Set(kafka.topics.topics.map(\.kind))
            publisher.loops = loop
            publisher.state = state.map { PublishingState($0) }
            let running = Task { [publisher] in
                if kafka.kafka != nil {
                    let topics = Dictionary(kafka.topics.topics.map { ($0.kind, $0.name) }) { first, _ in first }
                    let sink = KafkaSink(try KafkaProducer(kafka.settings()), topics: topics)
                    // Before, for a run that is killed has sent something too.
                    try record(topics)
                    return try await publish(publisher, to: sink)
                }
                return try await publish(publisher, to: LineSink())
            }
            let signals = StopSignals { running.cancel() }
            defer { withExtendedLifetime(signals) {} }
            let job = LineageJob(
                "publish", "Send films, users and ratings to Kafka.", version: Version.kindred,
                inputs: source.map { lineage.input($0, file) } ?? [], outputs: topics)
            await lineage.lineage?.tellSoon(.start, of: job)
            let summary: Publisher.Summary
            do { summary = try await running.value } catch {
                await lineage.lineage?.tellSoon(.fail(type: "\(type(of: error))"), of: job)
                throw error
            }
            await lineage.lineage?.tellSoon(.complete, of: job)
            // Standard output may be the messages'.
            if kafka.kafka == nil {
                if !runtime.quiet { Console.message(text(summary)) }
            } else if runtime.json {
                try Console.result(json: summary)
            } else if !runtime.quiet {
                Console.result(text(summary))
            }
        }

        private var topics: [LineageDataset] {
            guard let broker = kafka.kafka else { return [] }
            return kafka.topics.topics.map { LineageDataset($0.name, at: "kafka://\(broker)") }
        }

        private func publish(_ publisher: Publisher, to sink: some MessageSink) async throws -> Publisher.Summary {
            let progress = ProgressLine(isEnabled: !runtime.quiet)
            defer { progress.end() }
            if let api {
                progress.begin("publishing")
                return try await APIClient().use { fetch in
                    var feed = try PagedAPI(api, fetch: fetch)
                    return try await publisher.run(&feed, to: sink)
                }
            }
            progress.begin("reading")
            var feed = try records(progress)
            let count = Double(feed.count ?? 0)
            progress.begin("publishing", total: count, unit: "messages")
            return try await publisher.run(&feed, to: sink) { summary in
                let done = (summary.delivered_before + summary.sent) % max(1, Int(count))
                if done % 64 == 0 { progress.update(Double(done) / count) }
            }
        }

        private func record(_ topics: [MessageKind: String]) throws {
            guard let source, let brokers = kafka.kafka, !FileKind.isPipe(source), Store.isDatabase(source) else {
                return
            }
            let now = Int64(Date().timeIntervalSince1970)
            let key = try pseudonyms.pseudonymKey.map { try PseudonymKeys.read($0).fingerprint }
            OutputLedger(source: source, isQuiet: runtime.quiet).record(
                topics.sorted { $0.value < $1.value }.map { kind, topic in
                    Output(
                        kind: "topic",
                        place: Output.place(
                            KafkaErasure.place(brokers: brokers, topic: topic, kind), key: kind == .items ? nil : key),
                        written: now, holdsPeople: kind != .items)
                })
        }

        private func records(_ progress: ProgressLine) throws -> RecordList {
            guard let source else { preconditionFailure("a source was asked for") }
            if !FileKind.isPipe(source), Store.isDatabase(source) {
                var stored = try Store(reading: source).ratings(
                    threads: runtime.threadCount, hasAllItems: true, for: [.export])
                stored.dataset = try pseudonyms.applied(to: stored.dataset)
                return RecordList(stored, byTime: speed != nil)
            }
            if pseudonyms.pseudonymKey != nil {
                throw ValidationError("--pseudonym-key needs a store, and \(source) is none")
            }
            let copy = try FileKind.isPipe(source) ? PipeCopy(source) : nil
            defer { copy?.remove() }
            return try RecordList(
                file.source(copy?.path ?? source), by: file.reader(threads: runtime.threadCount), byTime: speed != nil
            ) { progress.update($0) }
        }

        private func text(_ summary: Publisher.Summary) -> String {
            let before =
                summary.delivered_before > 0
                ? "; \(summary.delivered_before.counted("message")) had been delivered before" : ""
            let rejected = summary.rejected > 0 ? "; \(summary.rejected.counted("record")) said nothing" : ""
            return (summary.was_stopped ? "Stopped: " : "")
                + "\(summary.ratings.counted("rating")), \(summary.items.counted("film")) and "
                + "\(summary.users.counted("user")) sent in \(summary.seconds.fixed(1)) s, "
                + "\(Int(summary.perSecond.rounded()).grouped) per second\(before)\(rejected)"
        }
    }

    /// `100x` on the command line.
    struct ReplaySpeed: ExpressibleByArgument {
        let factor: Double

        init?(argument: String) {
            guard let factor = Double(argument.hasSuffix("x") ? String(argument.dropLast()) : argument) else {
                return nil
            }
            self.factor = factor
        }
    }
#endif

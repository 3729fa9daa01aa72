#if Serving
    import ArgumentParser
    import FileOutput
    import Foundation
    import Store
    import Streams

    struct ConsumeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "consume",
            abstract: "Read ratings, items and users from Kafka into a store.",
            discussion: """
                Messages are JSON in the spellings that people use; docs/streams.md describes them. How far a group has read is \
                kept in the store, with what was read, so that each message has its effect once, also where the command is killed, \
                a broker goes and comes back, or several consumers share a group. Messages that cannot be taken are in the table \
                rejected_messages, with the reason.

                It reads until SIGINT or SIGTERM, on which it stores what it has, leaves its group and ends within five seconds.

                EXAMPLES
                  kindred consume --store films.sqlite --kafka localhost:9092
                  kindred consume --store films.sqlite --kafka localhost:9092 --topics ratings=votes,items=films --until-end
                  kindred consume --store films.sqlite --kafka broker:9093 --kafka-option security.protocol=sasl_ssl \
                --kafka-option sasl.mechanism=PLAIN --kafka-option sasl.username=me --kafka-option sasl.password=@password
                """)

        @Option(help: ArgumentHelp("The store; created if missing.", valueName: "file"))
        var store: String

        @OptionGroup(title: "Kafka") var kafka: KafkaOptions

        @OptionGroup(title: "Kafka") var reading: KafkaReadingOptions

        @OptionGroup(title: "Data of people") var people: MinimisationOptions

        @OptionGroup(title: "Data of people") var keys: StoreKeyOptions

        @Flag(help: "End where the topics ended at the start.")
        var untilEnd = false

        @Flag(help: "Print the summary as JSON.")
        var json = false

        @Flag(help: "No progress, troubles or summary.")
        var quiet = false

        func run() async throws {
            var configuration = try reading.configuration(kafka)
            configuration.stopsAtEnd = untilEnd
            configuration.minimisation = people.minimisation
            let begin = ContinuousClock.now
            let store = try Store(store, creates: true)
            configuration.pseudonyms = try keys.pseudonyms(for: store)
            let consumer = try KafkaConsumer(configuration, store: store) { batch in
                try store.apply(batch, now: Int64(Date().timeIntervalSince1970))
            }
            let signal = try await SourceRun.run(consumer, isQuiet: quiet)
            let report = ConsumeReport(consumer.status, seconds: begin.duration(to: .now) / .seconds(1))
            if json {
                try Console.result(json: report)
            } else if !quiet {
                Console.result(text(report))
            }
            // Stopping is how it ends, unless it was to go on to the end.
            if let signal, untilEnd { throw ExitCode(128 + signal) }
        }

        private func text(_ report: ConsumeReport) -> String {
            let rows: [(name: String, count: Int, note: String)] = [
                ("taken", report.taken, "\((Double(report.taken) / max(report.seconds, 0.001)).fixed(0)) messages/s"),
                ("repeated", report.repeated, "delivered again; stored before"),
                ("rejected", report.rejected, "kindred sql \(store) \"SELECT * FROM rejected_messages\""),
                ("rebalances", report.rebalances, "partitions were given to other consumers"),
            ]
            let table = rows.filter { $0.name == "taken" || $0.count > 0 }.map { name, count, note in
                "  \(name.padding(toLength: 12, withPad: " ", startingAt: 0)) "
                    + Console.aligned(count.grouped, 12) + "  \(note)"
            }
            let positions = report.positions.sorted { $0.key < $1.key }.map { "  \($0.key) up to \($0.value.grouped)" }
            return
                (["\(kafka.kafka ?? "") into \(store) in \(report.seconds.fixed(2)) s", ""] + table
                + (positions.isEmpty ? [] : [""] + positions)).joined(separator: "\n")
        }
    }

    /// What was read, as `--json` has it.
    struct ConsumeReport: Encodable {
        let taken: Int
        let repeated: Int
        let rejected: Int
        let rebalances: Int
        /// Messages that are left; nil where it is not known.
        let lag: Int?
        /// The next offset of each partition.
        let positions: [String: Int]
        let last_error: String?
        let seconds: Double

        init(_ status: StreamStatus, seconds: Double) {
            taken = status.taken
            repeated = status.repeated
            rejected = status.rejected
            rebalances = status.rebalances
            lag = status.lag
            positions = status.positions.mapValues(Int.init)
            last_error = status.lastError
            self.seconds = seconds
        }
    }
#endif

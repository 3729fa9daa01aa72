#if Serving
    import ArgumentParser
    import Foundation
    import Store
    import Streams

    /// Which brokers and topics: of all commands that speak with Kafka.
    struct KafkaOptions: ParsableArguments {
        @Option(help: ArgumentHelp("Kafka's brokers.", valueName: "host:port,…"))
        var kafka: String?

        @Option(
            help: ArgumentHelp(
                "The topics of ratings, items and users; those that are not named are left alone.",
                valueName: "kind=topic,…"))
        var topics = TopicList.usual

        @Option(
            help: ArgumentHelp(
                "An option of librdkafka, such as security.protocol=sasl_ssl; repeatable. Secrets come from a file or a variable: sasl.password=@FILE or sasl.password=env:NAME.",
                valueName: "name=value"))
        var kafkaOption: [String] = []

        func validate() throws {
            guard kafka == nil else { return }
            if !kafkaOption.isEmpty { throw ValidationError("--kafka-option needs --kafka") }
        }

        /// - Throws: `ValidationError` where no brokers are named, `KafkaError` for options that are not taken.
        func settings() throws -> KafkaSettings {
            guard let kafka else { throw ValidationError("name Kafka's brokers: --kafka host:port") }
            do {
                return try KafkaSettings(brokers: kafka, options: kafkaOption.map { try .init(typed: $0) })
            } catch let error as KafkaError {
                throw ValidationError("\(error)")
            }
        }
    }

    /// How topics are read.
    struct KafkaReadingOptions: ParsableArguments {
        @Option(help: ArgumentHelp("Whose progress it is; each group reads everything.", valueName: "name"))
        var group = "kindred"

        @Option(help: "Ratings of items that the store does not know: take the item in as a stub, or reject them.")
        var unknownItems = UnknownItems.stub

        @Option(
            help: ArgumentHelp(
                "A topic for messages that are rejected; the table rejected_messages has them in any case. (default: none)",
                valueName: "topic"))
        var deadLetters: String?

        func configuration(_ options: KafkaOptions) throws -> KafkaConsumer.Configuration {
            var configuration = KafkaConsumer.Configuration(try options.settings(), topics: options.topics.topics)
            configuration.group = group
            configuration.unknownItems = unknownItems
            configuration.deadLetters = deadLetters
            if let deadLetters, options.topics.topics.contains(where: { $0.name == deadLetters }) {
                throw ValidationError("--dead-letters \(deadLetters) is read as well: name another topic")
            }
            return configuration
        }
    }

    /// `ratings=ratings,items=movies` on the command line.
    struct TopicList: ExpressibleByArgument {
        let topics: [(name: String, kind: MessageKind)]

        static let usual = TopicList(topics: [("ratings", .ratings), ("movies", .items), ("users", .users)])

        private init(topics: [(name: String, kind: MessageKind)]) { self.topics = topics }

        init?(argument: String) {
            var topics: [(name: String, kind: MessageKind)] = []
            for entry in argument.split(separator: ",", omittingEmptySubsequences: false) {
                let parts = entry.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2, let kind = MessageKind(rawValue: parts[0]), !parts[1].isEmpty,
                    !topics.contains(where: { $0.name == parts[1] })
                else { return nil }
                topics.append((parts[1], kind))
            }
            self.topics = topics
        }

        var defaultValueDescription: String {
            topics.map { "\($0.kind.rawValue)=\($0.name)" }.joined(separator: ",")
        }
    }

    extension UnknownItems: ExpressibleByArgument {}
#endif

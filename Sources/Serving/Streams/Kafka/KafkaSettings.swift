public import Foundation

/// Which brokers, and how to talk with them.
///
/// Options are librdkafka's own (its CONFIGURATION.md), such as `security.protocol` and `sasl.username`; it checks them when the
/// settings are made. What is written keeps Kindred's guarantees, so the options that would break them are refused.
public struct KafkaSettings: Sendable, Equatable {
    /// An option and its value.
    public struct Option: Sendable, Equatable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// `host:port`, separated by commas.
    public let brokers: String
    public let options: [Option]

    /// - Throws: `KafkaError` for an option that librdkafka does not take, with its reason, and for one that Kindred sets itself.
    public init(brokers: String, options: [Option] = []) throws(KafkaError) {
        guard !brokers.isEmpty,
            brokers.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(Self.isAddress)
        else {
            throw KafkaError(
                .setting, "\"\(brokers)\" are no brokers",
                remedy: "Name them as host:port, separated by commas, such as localhost:9092.")
        }
        self.brokers = brokers
        self.options = options
        if let own = options.first(where: { Self.own.contains($0.name) }) {
            throw KafkaError(
                .setting, "\(own.name) is not free: what Kindred guarantees rests on its own value",
                remedy: "Leave the option out.")
        }
        _ = try KafkaConfiguration(self)
    }

    /// Options that carry what nobody but their owner should see.
    public static let secrets: Set<String> = [
        "sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem", "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.config",
    ]

    private static let own: Set<String> = [
        "bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit", "auto.commit.enable",
        "auto.offset.reset",
        "enable.auto.offset.store", "partition.assignment.strategy", "enable.idempotence", "enable.partition.eof",
        "transactional.id",
    ]

    private static func isAddress(_ text: Substring) -> Bool {
        let host = text.drop { $0 == " " }
        return !host.isEmpty && !host.contains { $0.isWhitespace }
    }
}

extension KafkaSettings.Option {
    /// An option as it is typed: `name=value`, or `name=@FILE` and `name=env:VARIABLE` for what a file or a variable of the
    /// environment holds.
    ///
    /// Other users of a machine see its command lines, so that a secret has to come in one of the two latter ways. Line breaks at
    /// the end of a file are not part of the value.
    ///
    /// - Throws: `KafkaError` for text without `=`, for a secret that was typed, and for a file or variable that is missing.
    public init(
        typed text: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(KafkaError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else {
            throw KafkaError(
                .setting, "the option \"\(text)\" has no value",
                remedy: "Write name=value, such as security.protocol=sasl_ssl.")
        }
        let (name, value) = (parts[0], parts[1])
        if value.hasPrefix("@") {
            self.init(name, try Self.contents(of: String(value.dropFirst()), name))
        } else if value.hasPrefix("env:") {
            let variable = String(value.dropFirst(4))
            guard let value = environment[variable] else {
                throw KafkaError(
                    .setting, "the variable \(variable), which \(name) is to come from, is not set",
                    remedy: "Set it, or name a file: \(name)=@FILE.")
            }
            self.init(name, value)
        } else if KafkaSettings.secrets.contains(name) {
            throw KafkaError(
                .setting, "\(name) is a secret, and everybody on this machine can read a command line",
                remedy: "Write \(name)=@FILE or \(name)=env:VARIABLE.")
        } else {
            self.init(name, value)
        }
    }

    private static func contents(of path: String, _ name: String) throws(KafkaError) -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8)
        else {
            throw KafkaError(
                .setting, "the file \(path), which \(name) is to come from, cannot be read",
                remedy: "Check the path and its permissions.")
        }
        return String(text.trimmingSuffix { $0.isNewline })
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isTrimmed: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}

import Streams
import TestSupport
import Testing

struct KafkaSettingsTests {
    private func problem(_ body: () throws -> some Any) -> String {
        do {
            _ = try body()
            return "none"
        } catch { return "\(error)" }
    }

    @Test func `librdkafka checks the options and says why`() throws {
        let settings = try KafkaSettings(
            brokers: "one:9092,two:9092", options: [.init("security.protocol", "sasl_ssl"), .init("debug", "broker")])
        #expect(settings.options.count == 2)
        let unknown = problem { try KafkaSettings(brokers: "a:1", options: [.init("secruity.protocol", "ssl")]) }
        #expect(unknown.contains("No such configuration property: \"secruity.protocol\""))
        let invalid = problem { try KafkaSettings(brokers: "a:1", options: [.init("security.protocol", "tls")]) }
        #expect(invalid.contains("tls"))
        #expect(problem { try KafkaSettings(brokers: "a:1,") }.contains("host:port"))
    }

    @Test func `what Kindred guarantees is not changed by options`() {
        for name in ["enable.auto.commit", "group.id", "enable.idempotence"] {
            #expect(problem { try KafkaSettings(brokers: "a:1", options: [.init(name, "x")]) }.contains(name))
        }
    }

    @Test func `secrets come from a file or the environment`() throws {
        let scratch = try Scratch()
        let file = try scratch.write("password", "s3cret=x\n")
        #expect(try KafkaSettings.Option(typed: "sasl.password=@\(file)") == .init("sasl.password", "s3cret=x"))
        #expect(
            try KafkaSettings.Option(typed: "sasl.password=env:PASS", environment: ["PASS": "word"])
                == .init("sasl.password", "word"))
        #expect(try KafkaSettings.Option(typed: "client.id=a=b") == .init("client.id", "a=b"))
        let typed = problem { try KafkaSettings.Option(typed: "sasl.password=word") }
        #expect(typed.contains("sasl.password=@FILE") && !typed.contains("word\""))
        #expect(
            problem { try KafkaSettings.Option(typed: "sasl.password=env:NONE", environment: [:]) }.contains("NONE"))
        #expect(problem { try KafkaSettings.Option(typed: "sasl.password=@/none") }.contains("/none"))
        #expect(problem { try KafkaSettings.Option(typed: "client.id") }.contains("name=value"))
    }

    @Test func `a secret that is not taken is not quoted`() {
        let text = problem { try KafkaSettings(brokers: "a:1", options: [.init("ssl.key.pem", "s3cret")]) }
        #expect(!text.contains("s3cret"))
    }
}

import CRDKafka
import Foundation
import Streams
import Testing

struct KafkaProducerTests {
    private func settings(_ cluster: MockCluster, _ options: [KafkaSettings.Option] = []) throws -> KafkaSettings {
        try KafkaSettings(brokers: cluster.brokers, options: options)
    }

    @Test func `keys, values, headers and times arrive as they were sent`() throws {
        let cluster = MockCluster(topics: ["t": 1])
        let producer = try KafkaProducer(settings(cluster))
        try producer.send(
            KafkaMessage(
                topic: "t", key: "1:50", value: #"{"rating":4}"#,
                headers: [.init("kindred-schema", "rating/1"), .init("none", nil as Data?)], time: 881_250_949_000))
        try producer.send(KafkaMessage(topic: "t", key: "1:50", value: nil))
        try producer.send(KafkaMessage(topic: "t", key: nil, value: Data()))
        try producer.flush()
        #expect(producer.confirmed == 3)
        let found = cluster.messages("t", count: 3)
        #expect(found.map(\.key) == ["1:50", "1:50", nil])
        #expect(found.map(\.value) == [#"{"rating":4}"#, nil, ""])
        #expect(found.first?.headers == ["kindred-schema=rating/1", "none=nil"])
        #expect(found.first?.time == 881_250_949_000)
    }

    @Test func `messages of a key stay in their order, and none comes twice when brokers refuse for a while`() throws {
        let cluster = MockCluster(topics: ["t": 4])
        let producer = try KafkaProducer(settings(cluster))
        cluster.fail(0, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, times: 2)
        for number in 0..<1_000 {
            try producer.send(KafkaMessage(topic: "t", key: "\(number % 10)", value: "\(number)"))
        }
        try producer.flush()
        let found = cluster.messages("t", partitions: 4, count: 1_000)
        #expect(Set(found.compactMap(\.value)).count == 1_000 && found.count == 1_000)
        for (_, ofKey) in Dictionary(grouping: found, by: \.key) {
            let numbers = ofKey.compactMap { $0.value.flatMap(Int.init) }
            #expect(numbers == numbers.sorted() && Set(ofKey.map(\.partition)).count == 1)
        }
    }

    @Test func `a full queue makes the sender wait, and no longer than it wants`() throws {
        let cluster = MockCluster(topics: ["t": 1])
        let producer = try KafkaProducer(settings(cluster, [.init("queue.buffering.max.messages", "10")]))
        for number in 0..<200 { try producer.send(KafkaMessage(topic: "t", key: "k", value: "\(number)")) }
        try producer.flush()
        cluster.setDown()
        let error = #expect(throws: KafkaError.self) {
            for number in 0..<20 {
                try producer.send(
                    KafkaMessage(topic: "t", key: "k", value: "\(number)"), patience: .milliseconds(200))
            }
        }
        #expect(error?.kind == .queueFull)
        let late = #expect(throws: KafkaError.self) { try producer.flush(within: .milliseconds(100)) }
        #expect(late?.kind == .notDelivered)
        cluster.setUp()
        try producer.flush()
        #expect(cluster.messages("t", count: 210).count == 210)
    }

    @Test func `what no broker takes is told`() throws {
        let cluster = MockCluster(topics: ["t": 1])
        let producer = try KafkaProducer(settings(cluster, [.init("message.timeout.ms", "300")]))
        let large = #expect(throws: KafkaError.self) {
            try producer.send(KafkaMessage(topic: "t", key: nil, value: Data(count: 2_000_000)))
        }
        #expect(large?.remedy.contains("message.max.bytes") == true)
        cluster.setDown()
        try producer.send(KafkaMessage(topic: "t", key: "k", value: "v"))
        let error = #expect(throws: KafkaError.self) { try producer.flush(within: .seconds(20)) }
        #expect(error?.kind == .notDelivered)
        #expect(error?.problem.contains("topic t") == true)
    }
}

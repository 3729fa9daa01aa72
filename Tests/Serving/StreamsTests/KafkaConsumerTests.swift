import CRDKafka
import Foundation
import Ratings
import Store
import Streams
import Synchronization
import TestSupport
import Testing

struct KafkaConsumerTests {
    private let scratch: Scratch
    private let store: Store
    private let cluster = MockCluster(topics: ["ratings": 4, "movies": 1, "dead": 1])

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    private func settings(_ options: [KafkaSettings.Option] = []) throws -> KafkaSettings {
        try KafkaSettings(
            brokers: cluster.brokers,
            options: [.init("session.timeout.ms", "6000"), .init("reconnect.backoff.max.ms", "200")] + options)
    }

    private func consumer(
        stopsAtEnd: Bool = true, deadLetters: String? = nil, to store: Store? = nil,
        before: @escaping @Sendable () throws -> Void = {}
    ) throws -> KafkaConsumer {
        var configuration = KafkaConsumer.Configuration(
            try settings(), topics: [("ratings", .ratings), ("movies", .items)])
        configuration.stopsAtEnd = stopsAtEnd
        configuration.deadLetters = deadLetters
        let store = store ?? self.store
        return try KafkaConsumer(configuration, store: store) { batch in
            try before()
            return try store.apply(batch, now: 1_700_000_000)
        }
    }

    /// Sends ratings of users 0 to 19, one for each number.
    private func send(_ numbers: Range<Int>, _ producer: KafkaProducer? = nil) throws {
        let producer = try producer ?? KafkaProducer(settings())
        for number in numbers {
            let (user, item) = (number % 20, number / 20)
            try producer.send(
                KafkaMessage(
                    topic: "ratings", key: RatingKey.text(user: "\(user)", item: "\(item)"),
                    value:
                        #"{"user_id": \#(user), "item_id": \#(item), "rating": \#(1 + number % 5), "ts": \#(1_000 + number)}"#
                ))
        }
        try producer.flush()
    }

    private func count() throws -> Int { try store.ratings(threads: 1).dataset.ratings.count }

    @Test func `what is sent is stored up to the end, and nothing is read twice`() async throws {
        try send(0..<500)
        let first = try consumer()
        try await first.run()
        #expect(first.status.state == .stopped)
        #expect(first.status.taken == 500 && first.status.rejected == 0)
        #expect(first.status.positions.values.reduce(0, +) == 500)
        #expect(try count() == 500)
        try send(500..<600)
        let second = try consumer()
        try await second.run()
        #expect(second.status.taken == 100 && second.status.repeated == 0)
        #expect(try count() == 600)
    }

    @Test func `a waiting message is stored soon, pausing holds it, and a stop is swift`() async throws {
        let producer = try KafkaProducer(settings())
        try send(0..<10, producer)
        let consumer = try consumer(stopsAtEnd: false)
        let work = Task { try await consumer.run() }
        try await eventually("ten are stored") { consumer.status.taken == 10 }
        consumer.pause()
        try await eventually("it is paused") { consumer.status.state == .paused }
        try send(10..<20)
        try await Task.sleep(for: .milliseconds(700))
        #expect(consumer.status.taken == 10)
        consumer.resume()
        try await eventually("twenty are stored") { consumer.status.taken == 20 }
        #expect(consumer.status.repeated == 0)
        let sent = ContinuousClock.now
        try send(20..<21, producer)
        try await eventually("one more") { consumer.status.taken == 21 }
        #expect(ContinuousClock.now - sent < .seconds(1))
        try await eventually("the lag is gone") { consumer.status.lag == 0 }
        let stopped = ContinuousClock.now
        work.cancel()
        try await work.value
        #expect(ContinuousClock.now - stopped < .seconds(5))
        #expect(consumer.status.state == .stopped)
        #expect(try count() == 21)
    }

    @Test func `brokers that go and come back change nothing`() async throws {
        try send(0..<100)
        let consumer = try consumer(stopsAtEnd: false)
        let work = Task { try await consumer.run() }
        try await eventually("a hundred are stored") { consumer.status.taken == 100 }
        for round in 0..<3 {
            cluster.setDown()
            try await eventually("it waits") { consumer.status.state == .waiting }
            #expect(consumer.status.lastError != nil)
            cluster.setUp()
            try send(100 + 50 * round..<150 + 50 * round)
            try await eventually("more are stored") { consumer.status.taken == 150 + 50 * round }
            try await eventually("it runs") { consumer.status.state == .running }
        }
        work.cancel()
        try await work.value
        #expect(try count() == 250)
    }

    @Test func `a store that cannot be written holds the stream, and nothing is lost`() async throws {
        let isFull = Atomic(true)
        let path = store.path
        let consumer = try consumer(stopsAtEnd: false) {
            if isFull.load(ordering: .relaxed) { throw StoreError.full(path: path) }
        }
        try send(0..<300)
        let work = Task { try await consumer.run() }
        try await eventually("it waits") { consumer.status.state == .waiting }
        #expect(consumer.status.lastError?.contains("disk is full") == true)
        try send(300..<400)
        #expect(try store.offsets(of: "kindred").isEmpty)
        isFull.store(false, ordering: .relaxed)
        try await eventually("all is stored") { consumer.status.taken == 400 }
        work.cancel()
        try await work.value
        #expect(try count() == 400 && consumer.status.repeated == 0)
    }

    @Test func `what cannot be mended ends the consumer`() async throws {
        try send(0..<10)
        let path = store.path
        let consumer = try consumer { throw StoreError.replaced(path: path) }
        await #expect(throws: StoreError.self) { try await consumer.run() }
        #expect(consumer.status.state == .failed)
    }

    @Test func `two consumers share the partitions, and each message counts once`() async throws {
        try send(0..<200)
        let first = try consumer(stopsAtEnd: false)
        let second = try consumer(stopsAtEnd: false, to: Store(store.path))
        let work = Task { try await first.run() }
        try await eventually("the first has read") { first.status.taken == 200 }
        let more = Task { try await second.run() }
        try await eventually("the second has partitions") {
            second.status.state == .running && first.status.rebalances > 0
        }
        try await eventually("the first has some again") { !first.status.positions.isEmpty }
        try send(200..<600)
        try await eventually("all are read") { first.status.taken + second.status.taken >= 600 }
        #expect(second.status.taken > 0)
        work.cancel()
        try await work.value
        try send(600..<700)
        try await eventually("the other goes on alone") { try count() == 700 }
        more.cancel()
        try await more.value
        #expect(first.status.taken + second.status.taken == 700)
    }

    @Test func `rejected messages go to the topic of dead letters, also after a restart`() async throws {
        let producer = try KafkaProducer(settings())
        try producer.send(KafkaMessage(topic: "ratings", key: "x", value: "poison"))
        try producer.flush()
        try await consumer().run()
        #expect(try store.unsentRejections(of: ["ratings"], limit: 10).map(\.offset) == [0])
        try producer.send(KafkaMessage(topic: "movies", key: "x", value: #"{"title": "no id"}"#))
        try producer.flush()
        try await consumer(deadLetters: "dead").run()
        let letters = cluster.messages("dead", count: 2)
        #expect(letters.compactMap(\.value).sorted() == ["poison", #"{"title": "no id"}"#])
        #expect(letters.allSatisfy { $0.headers.contains("kindred-offset=0") })
        #expect(letters.contains { $0.headers.contains("kindred-topic=movies") })
        #expect(letters.contains { $0.headers.first?.contains("item_id is missing") == true })
        #expect(try store.unsentRejections(of: ["ratings", "movies"], limit: 10).isEmpty)
    }

    @Test func `a topic that was made anew is told from one that is read on`() async throws {
        let batch = StreamBatch(
            group: "kindred",
            messages: [
                StreamBatch.Message(topic: "ratings", partition: 0, offset: 999, bytes: Data(), changes: [])
            ])
        _ = try store.apply(batch, now: 1_700_000_000)
        try send(0..<50)
        let consumer = try consumer()
        let error = await #expect(throws: KafkaError.self) { try await consumer.run() }
        #expect(error?.problem.contains("the store has read up to 1000") == true)
        let endless = try self.consumer(stopsAtEnd: false)
        await #expect(throws: KafkaError.self) { try await endless.run() }
    }
}

/// Looks until something holds, while other tasks go on.
private func eventually(_ event: String, _ holds: () throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(180)
    while try !holds() {
        try #require(ContinuousClock.now < end, "\(event): not within three minutes")
        try await Task.sleep(for: .milliseconds(5))
    }
}

import FileOutput
import Foundation
import RatingFiles
import Ratings
import Store
import Streams
import Synchronization
import TestSupport
import Testing

/// A sink that keeps what it gets, delivers when it is told to, and is full or breaks where a test wants it.
private final class KeepingSink: MessageSink {
    struct Broken: Error {}

    let messages = Mutex<[PublishedMessage]>([])
    let delivered = Mutex(0)
    let breaksAfter: Int?
    let deliversAtOnce: Bool

    init(breaksAfter: Int? = nil, deliversAtOnce: Bool = true) {
        (self.breaksAfter, self.deliversAtOnce) = (breaksAfter, deliversAtOnce)
    }

    var confirmed: Int { delivered.withLock { $0 } }

    func send(_ message: PublishedMessage) throws -> Bool {
        let count = messages.withLock { messages in
            messages.append(message)
            return messages.count
        }
        if let breaksAfter, count > breaksAfter { throw Broken() }
        if deliversAtOnce { delivered.withLock { $0 = count } }
        return true
    }

    func flush(within patience: Duration) throws {
        let count = messages.withLock { $0.count }
        if breaksAfter == nil { delivered.withLock { $0 = count } }
    }

    var lines: [String] { messages.withLock { $0.map { "\($0.key) \($0.json ?? "")" } } }
}

struct PublisherTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func list(byTime: Bool = false, rows: Int = 4) throws -> RecordList {
        try scratch.write(
            "movies.csv", "movieId,title,genres\n10,\"The \"\"Third\"\" Man (1949)\",Drama|Noir\n99,Unrated,\n")
        try scratch.write("users.csv", "userId,gender\n1,F\n")
        let times = [400, 100, 300, 200]
        let lines = (0..<rows).map { "\($0 % 2 + 1),\(10 + $0 / 2),\($0 % 5 + 1),\(times[$0 % 4] + $0 / 4 * 1_000)\n" }
        let path = try scratch.write("ratings.csv", "userId,movieId,rating,timestamp\n" + lines.joined())
        return try RecordList(RatingsSource(path), by: RatingsReader(), byTime: byTime)
    }

    @Test func `films come first, then users, then ratings in the order of the file`() async throws {
        var feed = try list()
        let sink = KeepingSink()
        let summary = try await Publisher().run(&feed, to: sink)
        #expect(
            sink.lines == [
                #"10 {"item_id":"10","title":"The \"Third\" Man (1949)","genres":["Drama","Noir"]}"#,
                #"99 {"item_id":"99","title":"Unrated","genres":[]}"#,
                #"1 {"user_id":"1","gender":"F"}"#, #"2 {"user_id":"2"}"#,
                #"1:10 {"user_id":"1","item_id":"10","rating":1,"timestamp":400}"#,
                #"2:10 {"user_id":"2","item_id":"10","rating":2,"timestamp":100}"#,
                #"1:11 {"user_id":"1","item_id":"11","rating":3,"timestamp":300}"#,
                #"2:11 {"user_id":"2","item_id":"11","rating":4,"timestamp":200}"#,
            ])
        #expect(summary.ratings == 4 && summary.items == 2 && summary.users == 2 && !summary.was_stopped)
    }

    @Test func `a replay goes by time, so many times as fast`() async throws {
        var feed = try list(byTime: true)
        let sink = KeepingSink()
        var publisher = Publisher()
        publisher.pacing = .speed(1_000)
        publisher.kinds = [.ratings]
        let begin = ContinuousClock.now
        _ = try await publisher.run(&feed, to: sink)
        let seconds = begin.duration(to: .now) / .seconds(1)
        #expect(sink.messages.withLock { $0.map(\.key) } == ["2:10", "2:11", "1:11", "1:10"])
        // How much longer it takes depends on what else the machine does.
        #expect((0.29..<10).contains(seconds), "300 s at 1000x")
    }

    /// That it is no slower either a program of its own has to show (`test_publish.py`): here other tests hold the threads.
    @Test func `the rate is not exceeded by more than ten percent`() async throws {
        var feed = try list(rows: 300)
        var publisher = Publisher()
        publisher.pacing = .rate(200)
        publisher.kinds = [.ratings]
        let summary = try await publisher.run(&feed, to: KeepingSink())
        #expect(summary.ratings == 300)
        #expect(summary.perSecond < 220)
    }

    @Test func `the state goes no further than what is delivered, and the next run goes on there`() async throws {
        var feed = try list(rows: 100)
        var publisher = Publisher()
        publisher.state = PublishingState(scratch.path("state"))
        let broken = KeepingSink(breaksAfter: 60)
        await #expect(throws: KeepingSink.Broken.self) { try await publisher.run(&feed, to: broken) }
        #expect(broken.confirmed == 60)
        let rest = KeepingSink()
        var again = try list(rows: 100)
        let summary = try await publisher.run(&again, to: rest)
        #expect(summary.delivered_before == 60)
        var whole = try list(rows: 100)
        let all = KeepingSink()
        _ = try await Publisher().run(&whole, to: all)
        #expect(Array(broken.lines.prefix(60)) + rest.lines == all.lines)
        // Nothing of it is left.
        let none = KeepingSink()
        var third = try list(rows: 100)
        #expect(try await publisher.run(&third, to: none).sent == 0)
        #expect(none.lines.isEmpty)
    }

    @Test func `what was sent and is not delivered is sent again`() async throws {
        var publisher = Publisher()
        publisher.state = PublishingState(scratch.path("state"))
        var feed = try list(rows: 100)
        let silent = KeepingSink(breaksAfter: 60, deliversAtOnce: false)
        await #expect(throws: KeepingSink.Broken.self) { try await publisher.run(&feed, to: silent) }
        let sink = KeepingSink()
        var again = try list(rows: 100)
        _ = try await publisher.run(&again, to: sink)
        #expect(sink.lines.count == again.count)
    }

    @Test func `the state of another source is refused`() async throws {
        var publisher = Publisher()
        publisher.state = PublishingState(scratch.path("state"))
        var feed = try list()
        _ = try await publisher.run(&feed, to: KeepingSink())
        var other = try list(rows: 8)
        await #expect(throws: InputError.self) { try await publisher.run(&other, to: KeepingSink()) }
        try scratch.write("state", "no state")
        await #expect(throws: InputError.self) { try await publisher.run(&feed, to: KeepingSink()) }
    }

    @Test func `a task that is cancelled stops in order`() async throws {
        let feed = try list(rows: 1_000)
        let sink = KeepingSink()
        let running = Task { [feed] in
            var (feed, publisher) = (feed, Publisher())
            publisher.loops = true
            publisher.pacing = .rate(500)
            return try await publisher.run(&feed, to: sink)
        }
        while sink.confirmed < 60 { try await Task.sleep(for: .milliseconds(5)) }
        running.cancel()
        let summary = try await running.value
        #expect(summary.was_stopped && summary.sent > 50)
        #expect(sink.confirmed == summary.sent)
    }

    @Test func `a store is sent as its files are`() async throws {
        let path = try scratch.write("ratings.csv", "1,10,3,881250949\n2,11,4.5,881250950\n")
        let source = try RatingsSource(path)
        let rows = try RatingsReader().rows(source.ratings)
        let store = try Store(scratch.path("s.sqlite"), creates: true)
        _ = try store.importFile(
            ImportSource(rows, of: source, by: RatingsReader(), name: "r", checksum: "c"), scale: 0.5...5,
            now: 1_577_836_800)
        var feed = RecordList(try store.ratings(threads: 1), byTime: false)
        let sink = KeepingSink()
        _ = try await Publisher().run(&feed, to: sink)
        #expect(
            sink.lines == [
                #"1:10 {"user_id":"1","item_id":"10","rating":3,"timestamp":881250949}"#,
                #"2:11 {"user_id":"2","item_id":"11","rating":4.5,"timestamp":881250950}"#,
            ])
    }

    @Test func `messages arrive at Kafka once, with key and schema`() async throws {
        let cluster = MockCluster(topics: ["ratings": 1, "movies": 1])
        var feed = try list(rows: 500)
        var publisher = Publisher()
        publisher.kinds = [.ratings, .items]
        let producer = try KafkaProducer(KafkaSettings(brokers: cluster.brokers))
        let summary = try await publisher.run(
            &feed, to: KafkaSink(producer, topics: [.ratings: "ratings", .items: "movies"]))
        #expect(summary.ratings == 500 && summary.items == 2 && summary.users == 0)
        let ratings = cluster.messages("ratings", count: 500)
        #expect(ratings.count == 500)
        #expect(ratings[0].key == "1:10" && ratings[0].headers == ["kindred-schema=rating/1"])
        #expect(ratings[0].value == #"{"user_id":"1","item_id":"10","rating":1,"timestamp":400}"#)
        #expect(
            cluster.messages("movies", count: 2).map(\.headers) == [
                ["kindred-schema=item/1"], ["kindred-schema=item/1"],
            ])
    }

    @Test func `a broker that goes and comes back costs no message`() async throws {
        let cluster = MockCluster(topics: ["ratings": 1])
        let feed = try list(rows: 1_000)
        let producer = try KafkaProducer(KafkaSettings(brokers: cluster.brokers))
        let running = Task { [feed] in
            var (feed, publisher) = (feed, Publisher())
            publisher.kinds = [.ratings]
            publisher.pacing = .rate(1_000)
            return try await publisher.run(&feed, to: KafkaSink(producer, topics: [.ratings: "ratings"]))
        }
        try await Task.sleep(for: .milliseconds(300))
        cluster.setDown()
        try await Task.sleep(for: .milliseconds(500))
        cluster.setUp()
        #expect(try await running.value.ratings == 1_000)
        let found = cluster.messages("ratings", count: 1_000)
        #expect(Set(found.compactMap(\.value)).count == 1_000 && found.count == 1_000)
    }
}

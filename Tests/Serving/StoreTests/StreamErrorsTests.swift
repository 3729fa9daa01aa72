import ServingSupport
import Store
import TestSupport
import Testing

struct StreamErrorsTests {
    private let scratch: Scratch
    private let store: Store

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    private func error(_ time: Int64, _ model: String, _ users: String, _ count: Int) -> StreamError {
        var error = StreamError(time: time, model: model, users: users)
        (error.count, error.squaredError, error.absoluteError) = (count, 1.5 * Double(count), 0.5 * Double(count))
        (error.likes, error.hits, error.drifts) = (count / 2, count / 4, 1)
        return error
    }

    @Test func `sums of one minute add up`() throws {
        try store.add(streamErrors: [
            error(120, "als", "all", 8), error(120, "als", "new", 2), error(121, "als", "all", 4),
        ])
        try store.add(streamErrors: [error(179, "als", "all", 8), error(180, "als", "all", 1)])
        let found = try store.streamErrors(in: 0..<1_000)
        var sum = error(120, "als", "all", 20)
        sum.drifts = 3
        #expect(found == [sum, error(120, "als", "new", 2), error(180, "als", "all", 1)])
        #expect(sum.likes == 10 && sum.squaredError == 30)
    }

    @Test func `a range has the minutes that start within it, in order`() throws {
        try store.add(
            streamErrors: [error(180, "als", "all", 1), error(60, "baseline", "all", 1), error(60, "als", "all", 1)])
        #expect(try store.streamErrors(in: 60..<180).map(\.model) == ["als", "baseline"])
        #expect(try store.streamErrors(in: 61..<181).map(\.minute) == [180])
        #expect(try store.streamErrors(in: 300..<300).isEmpty)
    }

    @Test func `minutes start at a multiple of sixty, before 1970 too`() {
        #expect(
            [0, 59, 60, -1, -60].map { StreamError(time: $0, model: "", users: "").minute } == [0, 0, 60, -60, -60])
    }

    @Test func `SQL gives the error of an hour`() throws {
        try store.add(streamErrors: [error(0, "als", "all", 3), error(60, "als", "all", 5)])
        let sql =
            "SELECT model, sqrt(sum(squared_error) / sum(count)) FROM stream_errors WHERE users = 'all' GROUP BY model"
        #expect(try ReadOnlyQuery.rows(sql, scratch.path("s.sqlite")) == ["als \(1.5.squareRoot())"])
    }
}

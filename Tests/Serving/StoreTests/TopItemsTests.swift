import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct TopItemsTests {
    @Test func `films of a window are those whose ratings came in then, whatever their times`() throws {
        let scratch = try Scratch()
        let path = scratch.path("s.sqlite")
        let store = try Store(path, creates: true)
        func take(_ rows: [(String, String, Float, Int64?)], arrived: Int64, _ checksum: String) throws {
            _ = try store.importFile(.rows(rows, checksum: checksum), scale: 1...5, now: arrived)
        }
        try take([("u", "a", 5, 100), ("v", "a", 4, 100), ("w", "a", 4, 100)], arrived: 600, "one")
        try take([("u", "b", 5, 200), ("v", "b", 4, 90), ("u", "c", 4, 300), ("w", "c", 5, 50)], arrived: 660, "two")
        try take([("w", "a", 1, 400)], arrived: 720, "three")
        #expect(
            try store.topItems(since: 660, limit: 2) == [
                TopItem(id: "b", title: nil, ratings: 2, average: 4.5),
                TopItem(id: "c", title: nil, ratings: 2, average: 4.5),
            ])
        #expect(try store.topItems(since: 0, limit: 1).map(\.id) == ["a"])
        #expect(try store.topItems(since: 720, limit: 5) == [TopItem(id: "a", title: nil, ratings: 1, average: 1)])
        #expect(try store.topItems(since: 721, limit: 5).isEmpty)
        #expect(
            try ReadOnlyQuery.rows("SELECT minute, ratings FROM ratings_per_minute_of_arrival", path) == [
                "1970-01-01 00:10 2", "1970-01-01 00:11 4", "1970-01-01 00:12 1",
            ])
    }
}

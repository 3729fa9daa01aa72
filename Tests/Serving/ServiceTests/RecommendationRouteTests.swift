import Engine
import HTTPTypes
import HummingbirdTesting
import Live
import Ratings
import ServingSupport
import Store
import Testing

extension RouteTests {
    struct Recommendations {
        private let service: TestService

        init() throws { service = try #require(TestService.shared) }

        /// The ids of the first list.
        private func items(_ lists: [[String: Any]]) throws -> [String] {
            try #require(lists.first?["items"] as? [[String: Any]]).values("id")
        }

        @Test(arguments: ["als", "knn", "popularity"])
        func `a user gets what they have not rated`(_ model: String) async throws {
            let ratings = try #require(service.live.snapshot).ratings
            let user = try #require(ratings.users.index(of: "1"))
            let rated = Set(ratings.userRatings(user).items.map { ratings.items[Int($0)] })
            let reply = try await service.get("/users/1/recommendations?model=\(model)&count=5&explain=true")
            let items = try items(reply.list("lists"))
            #expect(items.count == 5 && rated.isDisjoint(with: items))
            #expect(try await service.get("/users/1/recommendations?model=\(model)&count=3").list("lists").count == 1)
        }

        @Test(arguments: ["als", "knn", "popularity"])
        func `a guest gets what they have not named`(_ model: String) async throws {
            let body = """
                {"ratings":[{"item_id":"7","rating":5},{"item_id":"8","rating":1}],"model":"\(model)","count":4,\
                "explain":true}
                """
            let reply = try await service.send(.post, "/recommendations", body)
            #expect(reply.status == .ok)
            let items = try items(reply.list("lists"))
            #expect(items.count == 4 && Set(items).isDisjoint(with: ["7", "8"]))
        }

        @Test func `two models give two lists`() async throws {
            let reply = try await service.get("/users/1/recommendations?model=both&count=2")
            #expect(try reply.list("lists").count == 2)
        }

        @Test(arguments: ["item_id=7", "title=film+7"])
        func `a film leads to others`(_ query: String) async throws {
            let reply = try await service.send(.get, "/recommendations?\(query)&count=5", as: .admin)
            #expect(reply.status == .ok)
            let items: [String] = try reply.list().values("id")
            #expect(!items.isEmpty && !items.contains("7"))
        }

        @Test func `the lists of the newest run come page by page`() async throws {
            let reply = try await service.get("/recommendations/generated?per_page=100")
            let rows = try service.sample.store.recommendations(
                of: #require(service.live.snapshot).run, limit: 100, offset: 0)
            #expect(try reply.list().values("item_id") == rows.rows.map(\.item))
            #expect(try reply.json()["total"] as? Int == rows.total)
        }

        /// The list before and behind a rating, which counts at once and for this user alone.
        @Test func `a new rating takes its film off the list`() async throws {
            let service = try await TestService()
            let path = "/users/1/recommendations?model=knn"
            let before = try await service.get(path)
            let item = try #require(try items(before.list("lists")).first)
            let other = try await service.get("/users/2/recommendations?model=knn")
            let rating = #"{"user_id":"1","item_id":"\#(item)","rating":5}"#
            #expect(try await service.send(.post, "/ratings", rating, as: .write).status == .ok)
            let after = try await service.get(path)
            #expect(try !items(after.list("lists")).contains(item))
            #expect(after.headers[.eTag] != before.headers[.eTag])
            let still = try await service.get("/users/2/recommendations?model=knn")
            #expect(still.headers[.eTag] == other.headers[.eTag] && still.text == other.text)
        }

        @Test func `somebody new has lists from their first rating on`() async throws {
            let service = try await TestService()
            let path = "/users/new/recommendations?model=knn"
            #expect(try await service.get(path).status == .notFound)
            let rating = #"{"user_id":"new","item_id":"7","rating":5}"#
            #expect(try await service.send(.post, "/ratings", rating, as: .write).status == .ok)
            #expect(try await service.get(path).status == .ok)
            await service.live.followAll()
            #expect(try await service.get("/users/new/neighbors").list().count > 1)
        }
    }
}

import Engine
import Foundation
import HTTPTypes
import HummingbirdTesting
import Live
import Neighbors
import Ratings
import ServingSupport
import Store
import Testing

extension RouteTests {
    struct `Sources and what they bring` {
        @Test func `a source tells how it is, and is paused and resumed by its name`() async throws {
            let service = try await TestService(hasSnapshot: false)
            let before = try #require(try await service.get("/sources").list().first)
            #expect(before["name"] as? String == "still" && before["state"] as? String == "running")
            #expect((before["positions"] as? [[String: Any]])?.first?["next"] as? Int == 12)
            let paused = try await service.send(.post, "/admin/sources/still/pause", as: .admin).json()
            #expect(paused["state"] as? String == "paused")
            #expect(try await service.get("/sources").list().first?["state"] as? String == "paused")
            _ = try await service.send(.post, "/admin/sources/still/resume", as: .admin)
            #expect(try await service.get("/sources").list().first?["state"] as? String == "running")
            #expect(try await service.send(.post, "/admin/sources/another/pause", as: .admin).status == .notFound)
        }

        @Test func `a rating is in the neighbors, the files and the pictures without a refresh`() async throws {
            let service = try await TestService()
            let body =
                #"{"ratings":[{"user_id":"new","item_id":"7","rating":4},{"user_id":"new","item_id":"8","rating":5}]}"#
            let before = try await service.get("/graph.csv", as: .admin).text
            _ = try await service.send(.post, "/ratings", body, as: .write)
            await service.live.followAll()
            let neighbors = try await service.get("/users/new/neighbors?count=3", as: .admin).list()
            #expect(neighbors.count == 3)
            let view = try #require(try await service.live.currentGraph())
            let user = try #require(view.ratings.users.index(of: "new"))
            let expected = view.graph.neighbors.neighbors(of: user).prefix(3).map { view.ratings.users[Int($0.user)] }
            #expect(neighbors.compactMap { $0["user_id"] as? String } == expected)
            let after = try await service.get("/graph.csv", as: .admin).text
            #expect(!before.contains("new") && after.contains("new"))
            #expect(try await service.get("/graph.graphml", as: .admin).text.contains(">new<"))
        }

        @Test func `a new film is recommended by als after its first ratings`() async throws {
            let service = try await TestService()
            let messages = (0..<20).map { number in
                StreamBatch.Message(
                    topic: "ratings", partition: 0, offset: Int64(number), bytes: .init(),
                    changes: [.rate(RatingEvent(user: "\(number)", item: "fresh", value: 5, time: 500))])
            }
            _ = try service.live.apply(StreamBatch(group: "g", messages: messages))
            await service.live.followAll()
            _ = try await service.live.currentGraph()
            let lists = try await service.get("/users/25/recommendations?model=als&count=30").list("lists")
            let items = try #require(lists.first?["items"] as? [[String: Any]])
            #expect(items.contains { $0["id"] as? String == "fresh" })
        }

        @Test func `the error of new ratings is told by model, in total and by minute`() async throws {
            let service = try await TestService()
            let body =
                #"{"ratings":[{"user_id":"new","item_id":"7","rating":4},{"user_id":"new","item_id":"8","rating":1}]}"#
            _ = try await service.send(.post, "/ratings", body, as: .write)
            await service.live.followAll()
            let error = try await service.send(.get, "/stream/error", as: .admin)
            let total = try error.list("total")
            #expect(Set(total.compactMap { $0["model"] as? String }) == ["baseline", "popularity", "als"])
            let baseline = try #require(
                total.first { $0["model"] as? String == "baseline" && $0["users"] as? String == "all" })
            #expect(baseline["ratings"] as? Int == 2 && baseline["rmse"] is Double)
            let minutes = try error.list("minutes").filter { $0["model"] as? String == "als" }
            #expect(minutes.compactMap { $0["ratings"] as? Int }.reduce(0, +) == 4)
            #expect(
                try await service.send(.get, "/stream/error?format=csv", as: .admin).text.hasPrefix(
                    "minute,model,users,ratings,rmse"))
            let metrics = try await service.get("/metrics").text
            #expect(metrics.contains(#"kindred_stream_squared_error_count{model="als",users="all"} 2"#))
            #expect(metrics.contains(#"kindred_ratings_ingested_total{source="http"} 2"#))
        }

        @Test func `films are ranked by the ratings that came in of late`() async throws {
            let service = try await TestService()
            let body =
                #"{"ratings":[{"user_id":"1","item_id":"7","rating":4},{"user_id":"2","item_id":"7","rating":5}]}"#
            _ = try await service.send(.post, "/ratings", body, as: .write)
            let top = try await service.send(.get, "/movies/top?seconds=60", as: .admin).list()
            #expect(top.count == 1 && top[0]["id"] as? String == "7" && top[0]["ratings"] as? Int == 2)
            let text = try await service.send(.get, "/movies/top?format=csv", as: .admin).text
            #expect(text.hasPrefix("rank,id,title,ratings,mean_rating\n1,7,"))
        }

        @Test func `generated recommendations come as CSV, with their time`() async throws {
            let service = try #require(TestService.shared)
            let lines = try await service.get("/recommendations/generated?per_page=3&format=csv").text
                .split(separator: "\n")
            #expect(lines.count == 4 && lines[0].hasPrefix("started,user_id,model,rank"))
        }

        @Test func `the heat map comes as CSV too, a row for each pair`() async throws {
            let service = try #require(TestService.shared)
            let users = try #require(
                try await service.send(.get, "/graph/heatmap?count=5", as: .admin).json()["users"] as? [String])
            let lines = try await service.send(.get, "/graph/heatmap?count=5&format=csv", as: .admin).text.split(
                separator: "\n")
            #expect(lines.count == 1 + users.count * users.count)
            #expect(lines[0].hasPrefix("user,other,similarity,community"))
            #expect(lines[1].hasPrefix("\(users[0]),\(users[0]),1"))
        }
    }
}

import Engine
import Graphs
import HTTPTypes
import HummingbirdTesting
import Live
import Neighbors
import Ratings
import Service
import Store
import Testing

extension RouteTests {
    struct `Films, users and communities` {
        private let service: TestService
        private let snapshot: LiveSnapshot

        init() throws {
            service = try #require(TestService.shared)
            snapshot = try #require(service.live.snapshot)
        }

        @Test func `films come page by page, with links to the other pages`() async throws {
            let reply = try await service.get("/movies?per_page=12&page=2")
            #expect(try reply.list().values("id") == (12..<24).map { snapshot.ratings.items[$0] })
            #expect(try reply.json()["total"] as? Int == 30 && reply.json()["pages"] as? Int == 3)
            let link = try #require(reply.headers[.link])
            for relation in ["first", "prev", "next", "last"] { #expect(link.contains("rel=\"\(relation)\"")) }
            #expect(try await service.get("/movies?page=9").list().isEmpty)
        }

        @Test func `films are found by words of their titles`() async throws {
            let reply = try await service.get("/movies/search?q=film+7")
            #expect(try reply.list().first?["id"] as? String == "7")
            #expect(try await service.get("/movies/search?q=film&count=3").list().count == 3)
            #expect(try await service.get("/movies/search?q=qqqqqq").list().isEmpty)
        }

        @Test func `a film has its title and how it is rated`() async throws {
            let film = try await service.send(.get, "/movies/7", as: .admin).json()
            #expect(film["title"] as? String == "Film 7")
            let bars = try #require(film["distribution"] as? [[String: Any]])
            #expect(bars.values("count", Int.self).reduce(0, +) == film["ratings"] as? Int)
            #expect(bars.values("rating", Double.self) == bars.values("rating", Double.self).sorted())
        }

        @Test func `similar films are others, the most similar first`() async throws {
            let films = try await service.get("/movies/7/similar?count=5").list()
            #expect(films.count == 5 && !films.values("id").contains("7"))
            #expect(films.values("rank") == [1, 2, 3, 4, 5])
            let similarities = films.values("similarity", Double.self)
            #expect(similarities == similarities.sorted(by: >))
        }

        @Test func `the fans of a film are counted by community`() async throws {
            let reply = try await service.send(.get, "/movies/7/fans?per_page=100", as: .admin).json()
            let communities = try #require(reply["communities"] as? [[String: Any]])
            let item = try #require(snapshot.ratings.items.index(of: "7"))
            #expect(reply["total"] as? Int == snapshot.fans.fans(of: item).count)
            #expect(communities.values("fans", Int.self).reduce(0, +) == reply["total"] as? Int)
        }

        @Test func `a user has their newest ratings and a community`() async throws {
            let user = try await service.get("/users/1").json()
            let index = try #require(snapshot.ratings.users.index(of: "1"))
            #expect(user["ratings"] as? Int == snapshot.ratings.userRatings(index).items.count)
            #expect(user["community"] as? Int32 == snapshot.graph.partition.labels[index])
            #expect((user["newest"] as? [Any])?.isEmpty == false)
        }

        @Test func `neighbors are those of the graph`() async throws {
            let index = try #require(snapshot.ratings.users.index(of: "1"))
            let nearest = snapshot.graph.neighbors.neighbors(of: index).prefix(4)
            let reply = try await service.get("/users/1/neighbors?count=4", as: .admin).list()
            #expect(reply.values("user_id") == nearest.map { snapshot.ratings.users[Int($0.user)] })
            #expect(reply.values("support", Int32.self) == nearest.map(\.support))
        }

        @Test func `communities have all users as members`() async throws {
            let communities = try await service.send(.get, "/communities?per_page=100", as: .admin).list()
            #expect(communities.values("size", Int.self).reduce(0, +) == snapshot.ratings.users.count)
            let size = try #require(communities.first?["size"] as? Int)
            let reply = try await service.send(.get, "/communities/0?per_page=100", as: .admin)
            #expect(try reply.json()["total"] as? Int == size && reply.list().count == size)
        }
    }

    struct `The graph` {
        private let service: TestService

        init() throws { service = try #require(TestService.shared) }

        @Test func `is a download in two formats`() async throws {
            let graphML = try await service.get("/graph.graphml", as: .admin)
            #expect(graphML.text.contains("<graphml") && graphML.text.hasSuffix("</graphml>\n"))
            #expect(graphML.headers[.contentDisposition] == "attachment; filename=\"graph.graphml\"")
            let csv = try await service.get("/graph.csv", as: .admin)
            #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
            let edges = try #require(service.live.snapshot).graph.similarity.graph.edgeCount
            #expect(csv.text.split(separator: "\n").count == edges + 1)
        }

        @Test func `has a core of linked users`() async throws {
            let core = try await service.send(.get, "/graph/core?count=10", as: .admin)
            let users = Set(try core.list("nodes").values("id", String.self))
            #expect(!users.isEmpty && users.count <= 10)
            let links = try core.list("links")
            let ends = links.values("source", String.self) + links.values("target", String.self)
            #expect(!links.isEmpty && users.isSuperset(of: ends))
        }

        @Test func `has a heatmap that is symmetric, with ones on its diagonal`() async throws {
            let reply = try await service.send(.get, "/graph/heatmap?count=8", as: .admin).json()
            let rows = try #require(reply["similarities"] as? [[Double]])
            #expect(rows.count == (reply["users"] as? [String])?.count)
            for (one, row) in rows.enumerated() {
                #expect(row[one] == 1 && row == rows.map { $0[one] })
            }
        }
    }

    struct `Pages and health` {
        private let service: TestService

        init() throws { service = try #require(TestService.shared) }

        @Test func `the dashboard and its files need no key`() async throws {
            let page = try await service.send(.get, "/", as: nil)
            #expect(page.text.contains("<html") && page.headers[.contentType] == "text/html; charset=utf-8")
            let names = page.text.matches(of: /assets\/([\w.-]+)/).map { String($0.output.1) }
            #expect(!names.isEmpty)
            for name in names {
                #expect(try await service.send(.get, "/assets/\(name)", as: nil).status == .ok, "\(name)")
            }
        }

        @Test func `the service is alive and ready`() async throws {
            #expect(try await service.send(.get, "/healthz", as: nil).json()["status"] as? String == "ok")
            #expect(try await service.send(.get, "/readyz", as: nil).json()["status"] as? String == "ready")
        }

        @Test func `metrics count requests by route and not by id`() async throws {
            _ = try await service.get("/users/1")
            let text = try await service.get("/metrics").text
            #expect(text.contains("route=\"/users/{id}\"") && !text.contains("/users/1"))
            #expect(text.contains("# TYPE kindred_graph_modularity gauge"))
        }
    }
}

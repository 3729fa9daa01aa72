import Engine
import Graphs
import HTTPTypes
import Hummingbird
import LinearAlgebra
import Live
import Neighbors
import Ratings

/// Communities and their members.
struct CommunityRoutes {
    let versioned: Versioned

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("communities", use: page)
        router.get("communities/:id", use: community)
    }

    @Sendable private func page(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let page = try Page(Query(request, "page", "per_page"))
        return try await versioned.respond(to: request) { (view: GraphView) in
            let total = view.graph.partition.communityCount
            let messages = page.slice(0..<total).map { CommunityMessage($0, in: view) }
            return try Answer.json(
                PageMessage(messages, page, total: total), headers: [.link: page.link(request, total: total)])
        }
    }

    private struct Member: Encodable {
        @Nullable var userId: String?
        let ratings: Int
        let degree: Int
    }

    @Sendable private func community(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let page = try Page(Query(request, "page", "per_page"))
        let (id, audience) = (try context.id("id"), context.audience)
        return try await versioned.respond(to: request, for: audience) { (view: GraphView) in
            let partition = view.graph.partition
            guard let number = Int32(id), let label = view.graph.communityNumbers.label(of: number) else {
                throw Problem.notFound("there is no community \"\(id.prefix(40))\"")
            }
            let members = partition.labels.indices.filter { partition.labels[$0] == label }
            let messages = page.slice(members).map { user in
                Member(
                    userId: audience.id(view.ratings.users[user]),
                    ratings: view.ratings.byUser.entries(ofRow: user).count,
                    degree: view.graph.similarity.graph.degree(of: user))
            }
            return try Answer.json(
                Joined(
                    CommunityMessage(Int(label), in: view), PageMessage(messages, page, total: members.count)),
                headers: [.link: page.link(request, total: members.count)])
        }
    }
}

import Engine
import Graphs
import HTTPTypes
import Hummingbird
import LinearAlgebra
import Live
import Neighbors
import Privacy
import Ratings

/// Communities and their members.
struct CommunityRoutes {
    let versioned: Versioned
    /// What others than administrators see no figures of fewer people than.
    let group: SmallestGroup

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("communities", use: page)
        router.get("communities/:id", use: community)
    }

    @Sendable private func page(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let page = try Page(Query(request, "page", "per_page"))
        return try await versioned.respond(to: request, context) { (view: GraphView) in
            let told = view.graph.partition.toldCommunities(hiding: context.limit(group))
            let shown = told.indices.filter { told[$0] }
            let total = shown.count
            let messages = page.slice(shown).map { CommunityMessage($0, in: view, group, context) }
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
        return try await versioned.respond(to: request, context) { (view: GraphView) in
            let partition = view.graph.partition
            guard let number = Int32(id), let label = view.graph.communityNumbers.label(of: number) else {
                throw Problem.notFound("there is no community \"\(id.prefix(40))\"")
            }
            let told = partition.toldCommunities(hiding: context.limit(group))
            guard told[Int(label)] else {
                throw Problem(
                    .forbidden, "the community \(number) is too small to be told of: the role admin is needed")
            }
            // A row is about one person.
            let members =
                context.isAdministrator ? partition.labels.indices.filter { partition.labels[$0] == label } : []
            let messages = page.slice(members).map { user in
                Member(
                    userId: audience.id(view.ratings.users[user]),
                    ratings: view.ratings.byUser.entries(ofRow: user).count,
                    degree: view.graph.similarity.graph.degree(of: user))
            }
            return try Answer.json(
                Joined(
                    CommunityMessage(Int(label), in: view, group, context),
                    PageMessage(messages, page, total: members.count)),
                headers: [.link: page.link(request, total: members.count)])
        }
    }
}

extension Partition {
    /// Which communities may be told of, by label: together with the number of all users, that of those who are in none of them
    /// follows.
    ///
    /// - Parameter group: nil for all.
    func toldCommunities(hiding group: SmallestGroup?) -> [Bool] {
        guard let group else { return sizes.map { _ in true } }
        return Suppression(group).told(people: sizes, rest: sizes.reduce(0) { group.allows($1) ? $0 : $0 + $1 })
    }
}

import HTTPTypes
import Store
import Testing

/// An operation of `openapi.json`, with a request that it answers.
struct Operation: Sendable, CustomTestStringConvertible {
    let method: HTTPRequest.Method
    /// As the description spells it.
    let path: String
    /// The path of a request that is answered.
    let example: String
    let body: String?
    let status: HTTPResponse.Status
    /// The role that a key needs, by itself or among what it suffices for; nil where nobody needs a key.
    let role: Role?

    var testDescription: String { "\(method) \(path)" }

    private init(
        _ method: HTTPRequest.Method, _ path: String, _ example: String? = nil, body: String? = nil,
        status: HTTPResponse.Status = .ok, role: Role? = .read
    ) {
        self.method = method
        self.path = path
        self.example = example ?? path
        self.body = body
        self.status = status
        self.role = role
    }

    /// In the sample, user 1 has rated item 7.
    static let all = [
        Operation(.get, "/movies"),
        Operation(.get, "/movies/search", "/movies/search?q=film"),
        Operation(.get, "/movies/top"),
        Operation(.get, "/movies/{id}", "/movies/7"),
        Operation(.get, "/movies/{id}/similar", "/movies/7/similar"),
        Operation(.get, "/movies/{id}/fans", "/movies/7/fans"),
        Operation(.get, "/recommendations", "/recommendations?item_id=7"),
        Operation(.post, "/recommendations", body: #"{"ratings":[{"item_id":"7","rating":5}]}"#),
        Operation(.get, "/recommendations/generated"),
        Operation(.get, "/users/{id}", "/users/1"),
        Operation(.get, "/users/{id}/neighbors", "/users/1/neighbors"),
        Operation(.get, "/users/{id}/recommendations", "/users/1/recommendations"),
        Operation(.get, "/users/{id}/consent", "/users/1/consent"),
        Operation(
            .put, "/users/{id}/consent/{purpose}", "/users/1/consent/export", body: #"{"granted":true}"#, role: .write),
        Operation(.put, "/users/{id}/privacy/restriction", "/users/1/privacy/restriction", role: .write),
        Operation(.delete, "/users/{id}/privacy/restriction", "/users/1/privacy/restriction", role: .write),
        Operation(
            .put, "/users/{id}/privacy/objection/{purpose}", "/users/1/privacy/objection/analytics", role: .write),
        Operation(
            .delete, "/users/{id}/privacy/objection/{purpose}", "/users/1/privacy/objection/analytics", role: .write),
        // Before the rating is removed, and the user erased.
        Operation(
            .put, "/users/{id}/privacy/rectification", "/users/1/privacy/rectification",
            body: #"{"item_id":"7","rating":2}"#, status: .noContent, role: .admin),
        Operation(.get, "/ratings"),
        Operation(.post, "/ratings", body: #"{"user_id":"new","item_id":"7","rating":4}"#, role: .write),
        Operation(
            .delete, "/ratings/{user}/{item}", "/ratings/1/7", status: .noContent,
            role: .write),
        Operation(.get, "/users/{id}/privacy/access", "/users/1/privacy/access", role: .admin),
        Operation(.delete, "/users/{id}/privacy", "/users/1/privacy", status: .accepted, role: .admin),
        Operation(.get, "/privacy/erasures/{token}", "/privacy/erasures/none", status: .notFound, role: .admin),
        Operation(.get, "/communities"),
        Operation(.get, "/communities/{id}", "/communities/0"),
        Operation(.get, "/graph.graphml", role: .admin),
        Operation(.get, "/graph.csv", role: .admin),
        Operation(.get, "/graph/core"),
        Operation(.get, "/graph/heatmap"),
        Operation(.get, "/sources"),
        Operation(.get, "/sinks"),
        Operation(.get, "/stream/error"),
        Operation(
            .post, "/admin/sources/{name}/pause", "/admin/sources/still/pause", role: .admin),
        Operation(
            .post, "/admin/sources/{name}/resume", "/admin/sources/still/resume", role: .admin),
        Operation(.get, "/analytics"),
        Operation(.get, "/analytics/{name}", "/analytics/top_items"),
        Operation(.get, "/catalog"),
        Operation(.get, "/catalog.jsonld"),
        Operation(.get, "/catalog/lineage", "/catalog/lineage?node=import:1&direction=up"),
        Operation(.get, "/catalog/search", "/catalog/search?q=rating"),
        Operation(.get, "/catalog/page", role: nil),
        Operation(.get, "/summary"),
        Operation(.get, "/runs"),
        Operation(.get, "/compare"),
        Operation(.get, "/events"),
        Operation(.post, "/admin/refresh", status: .accepted, role: .admin),
        Operation(.post, "/admin/sql", body: #"{"sql":"SELECT 1"}"#, role: .admin),
        Operation(.get, "/audit", role: .auditor),
        Operation(.get, "/audit/verification", role: .auditor),
        Operation(.get, "/healthz", role: nil),
        Operation(.get, "/readyz", role: nil),
        Operation(.get, "/metrics"),
        Operation(.get, "/openapi.json", role: nil),
        Operation(.get, "/", role: nil),
        Operation(.get, "/assets/{name}", "/assets/index.html", role: nil),
    ]

    static let withKeys = all.filter { $0.role != nil }
    /// The answer to all others ends.
    static let endless = "/events"
}

import Store

/// What an answer may tell of others than the person whom the request is about.
///
/// A key of the role read or write is an application's: it asks about one person at a time, whom it names, and gets to know who the others are by
/// no answer. Administrators do, and whoever reaches a service that is open.
enum Audience: String {
    case applications, administrators

    /// The id of another user, or nothing.
    func id(_ user: String) -> String? { self == .administrators ? user : nil }

    /// Ids of other users, or labels that tell them apart within one answer.
    func names(_ users: [String]) -> [String] {
        self == .administrators ? users : users.indices.map { "member \($0 + 1)" }
    }

    var namesUsers: Bool { self == .administrators }
}

extension ServiceContext {
    var audience: Audience { caller?.role == .admin ? .administrators : .applications }

    /// Who acts, for the audit.
    var actor: String { caller?.name ?? "anybody" }
}

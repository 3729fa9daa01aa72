import Foundation
import HTTPTypes
import Hummingbird
import Store
import Synchronization

/// Lets through those whose key has a role that is enough.
struct Authorization: RouterMiddleware {
    typealias Context = ServiceContext

    let role: Role
    let keys: KeyRing
    /// Lets administrators through to what is an auditor's; nil where they need no such thing.
    var glass: BreakGlass?

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let caller = try caller(request.headers[.authorization])
        var context = context
        context.caller = caller
        if !caller.role.suffices.contains(role) {
            guard let glass, try await glass.isBroken(by: request, context) else {
                throw Problem(
                    .forbidden, "the role \(role.rawValue) is needed, and the key's is \(caller.role.rawValue)")
            }
        }
        return try await next(request, context)
    }

    /// Whether a request with this field still comes in, for answers that take long. A store that cannot be read now may be in a
    /// moment.
    func allows(_ field: String?) -> Bool {
        do { return try caller(field).role.suffices.contains(role) } catch { return !(error is Problem) }
    }

    private func caller(_ field: String?) throws -> ServiceContext.Caller {
        let known = try keys.current()
        if try known.isEmpty && keys.isOpen() {
            return ServiceContext.Caller(name: "anybody", role: .admin)
        }
        guard let field else {
            throw Problem.unauthorized("an API key is needed: Authorization: Bearer KEY")
        }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", let key = known[APIKey.hash(String(parts[1]))]
        else { throw Problem.unauthorized("the API key is not known") }
        return ServiceContext.Caller(name: key.name, role: key.role, key: key.hash)
    }
}

/// The keys of the store by their hashes, read anew every few seconds, so that a key that was removed soon opens nothing.
final class KeyRing: Sendable {
    private struct State {
        let keys: [Data: StoredKey]
        let isClosed: Bool
        let read: ContinuousClock.Instant
    }

    /// Whether a store without keys is open: only where none but this machine reaches it.
    let areOptional: Bool
    private let store: Store
    private let state: Mutex<State>
    private static let lifetime = Duration.seconds(2)

    init(_ store: Store, areOptional: Bool) throws {
        self.store = store
        self.areOptional = areOptional
        state = Mutex(try Self.read(store))
    }

    func current() throws -> [Data: StoredKey] { try newest().keys }

    /// Whether nobody needs a key. A store that has ever had one opens to nobody without the last.
    func isOpen() throws -> Bool { try areOptional && !newest().isClosed }

    private func newest() throws -> State {
        try state.withLock { state in
            if state.read.duration(to: .now) > Self.lifetime { state = try Self.read(store) }
            return state
        }
    }

    private static func read(_ store: Store) throws -> State {
        State(
            keys: Dictionary(try store.keys().map { ($0.hash, $0) }) { first, _ in first },
            isClosed: try store.isClosed(), read: .now)
    }
}

extension Problem {
    fileprivate static func unauthorized(_ detail: String) -> Problem {
        Problem(.unauthorized, detail).with(.wwwAuthenticate, "Bearer realm=\"kindred\"")
    }
}

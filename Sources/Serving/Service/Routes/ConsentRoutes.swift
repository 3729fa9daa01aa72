import FileOutput
import HTTPTypes
import Hummingbird
import Live
import Privacy
import Store

/// What users decide on the use of their data.
struct ConsentRoutes {
    let live: LiveEngine
    let body: JSONBody
    let work: HeavyWork
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    private static let longestSource = 200

    func addReading(to router: RouterGroup<ServiceContext>) {
        router.get("users/:id/consent", use: state)
    }

    func addWriting(to router: RouterGroup<ServiceContext>) {
        router.put("users/:id/consent/:purpose", use: consent)
        router.put("users/:id/privacy/restriction") { try await decide(.restriction, isGranted: false, $0, $1) }
        router.delete("users/:id/privacy/restriction") { try await decide(.restriction, isGranted: true, $0, $1) }
        router.put("users/:id/privacy/objection/:purpose") { request, context in
            try await decide(.objection(context.purpose()), isGranted: false, request, context)
        }
        router.delete("users/:id/privacy/objection/:purpose") { request, context in
            try await decide(.objection(context.purpose()), isGranted: true, request, context)
        }
    }

    @Sendable private func state(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let id = try context.id("id")
        return try await work.run { try answer(id) }
    }

    private func answer(_ id: String) throws -> Answer {
        guard let state = try live.store.consent(of: id) else { throw Problem.unknownUser(id) }
        return try Answer.json(ConsentMessage(state, of: id, policy: try live.store.consentPolicy()))
    }

    private struct Given: Decodable {
        let isGranted: Bool
        let source: String

        private enum CodingKeys: String, CodingKey, CaseIterable { case granted, source }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.fields(CodingKeys.self)
            isGranted = try fields.decode(Bool.self, forKey: .granted)
            source = try fields.decodeIfPresent(String.self, forKey: .source) ?? "http"
        }
    }

    /// Consent may come before the first rating of a user.
    @Sendable private func consent(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let (id, purpose) = (try context.id("id"), try context.purpose())
        let given = try await body.read(Given.self, of: request).value
        guard RatingRoutes.isID(id) else {
            throw Problem.badRequest("an id has 1 to \(RatingRoutes.idLimit) characters, and none of control")
        }
        guard given.source.count <= Self.longestSource else {
            throw Problem(
                .unprocessableContent, "source has at most \(Self.longestSource) characters",
                errors: [.init(pointer: "/source", detail: "too long")])
        }
        let hasPseudonyms = try await work.run { try !live.store.pseudonymKeys().isEmpty }
        guard !hasPseudonyms || Pseudonymizer.isPseudonym(id) else {
            throw Problem.badRequest("the store has pseudonyms, and the id of the user is none")
        }
        let decision = ConsentDecision(
            user: id, kind: .consent(purpose), isGranted: given.isGranted, source: given.source, time: now())
        return try await store(decision, context)
    }

    private func decide(
        _ kind: ConsentDecision.Kind, isGranted: Bool, _ request: Request, _ context: ServiceContext
    ) async throws -> Answer {
        _ = try Query(request)
        let id = try context.id("id")
        try await work.run {
            guard try live.store.consent(of: id) != nil else { throw Problem.unknownUser(id) }
        }
        return try await store(
            ConsentDecision(user: id, kind: kind, isGranted: isGranted, source: "http", time: now()), context)
    }

    private func store(_ decision: ConsentDecision, _ context: ServiceContext) async throws -> Answer {
        let actor = context.actor
        return try await work.run {
            try live.decide([decision], by: actor)
            return try answer(decision.user)
        }
    }
}

/// How the data of a user may be used.
private struct ConsentMessage: Encodable {
    struct Purpose: Encodable {
        let purpose: String
        let used: Bool
        /// Whether the user has given it or withdrawn it; nil where the policy of the store holds.
        @Nullable var granted: Bool?
        let objection: Bool
        @Nullable var source: String?
        @Nullable var time: Int64?
    }

    let userId: String
    let policy: String
    let restricted: Bool
    let purposes: [Purpose]

    init(_ state: ConsentState, of id: String, policy: ConsentPolicy) {
        userId = id
        self.policy = policy.rawValue
        restricted = state.isRestricted
        purposes = state.entries.map { entry in
            Purpose(
                purpose: entry.purpose.rawValue, used: entry.isUsed, granted: entry.consent?.isGranted,
                objection: entry.hasObjection, source: entry.consent?.source, time: entry.consent?.time)
        }
    }
}

extension LiveEngine {
    /// - Throws: a problem where nothing may be computed for a user.
    func requireConsent(of user: String) throws(Problem) {
        guard isWithheld(user, from: .personalization) else { return }
        throw Problem(
            .conflict,
            "the user has not consented to personalization, objects to it or has restricted the use of the data")
    }
}

extension ServiceContext {
    /// The purpose that the path names.
    fileprivate func purpose() throws(Problem) -> Purpose {
        let name = try id("purpose")
        guard let purpose = Purpose(rawValue: name) else {
            let all = Purpose.allCases.map(\.rawValue).joined(separator: ", ")
            throw .notFound("there is no purpose \"\(name.prefix(40))\"; there is \(all)")
        }
        return purpose
    }
}

import FileOutput
import Foundation
import Governance
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Platform
import Store

/// What people may ask about their data; an administrator asks for them.
struct PrivacyRoutes {
    let live: LiveEngine
    let refresher: Refresher
    let body: JSONBody
    let work: HeavyWork
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("users/:id/privacy/access", use: access)
        router.put("users/:id/privacy/rectification", use: rectify)
        router.delete("users/:id/privacy", use: erase)
        router.get("privacy/erasures/:token", use: erasure)
    }

    // MARK: Access

    @Sendable private func access(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let id = try context.id("id")
        let actor = context.actor
        let bytes = try await known(id) {
            let bytes = try PersonalArchive(of: id, in: live.store, time: now()).bytes()
            if !live.isFollower { try live.store.audit("privacy.access", by: actor, about: id) }
            return bytes
        }
        return Answer(
            ByteBuffer(bytes: bytes), type: "application/zip",
            headers: [.contentDisposition: "attachment; filename=\"access.zip\""])
    }

    /// - Throws: a problem for somebody who is not known.
    private func known<Value: Sendable>(
        _ id: String, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do { return try await work.run(body) } catch GovernanceError.unknownUser { throw Problem.unknownUser(id) }
    }

    // MARK: Rectification

    /// A rating of an item, or an attribute.
    private struct Correction: Decodable {
        let correction: Rectification

        private enum CodingKeys: String, CodingKey, CaseIterable { case item_id, rating, attribute, value }

        init(from decoder: any Decoder) throws {
            let fields = try decoder.fields(CodingKeys.self)
            if fields.contains(.attribute) {
                correction = .attribute(
                    name: try fields.decode(String.self, forKey: .attribute),
                    value: try fields.decode(String.self, forKey: .value))
            } else {
                correction = .rating(
                    item: try fields.decode(String.self, forKey: .item_id),
                    value: Float(try fields.decode(Double.self, forKey: .rating)))
            }
        }
    }

    @Sendable private func rectify(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try Query(request)
        let id = try context.id("id")
        let correction = try await body.read(Correction.self, of: request).value.correction
        let actor = context.actor
        do {
            try await work.run { try live.rectify(id, correction, by: actor, now: now()) }
        } catch StoreError.refused(let reason) {
            throw Problem(.unprocessableContent, reason)
        }
        return Response(status: .noContent)
    }

    // MARK: Erasure

    private struct State: Encodable {
        let erasure: String
        let status: String
        /// What is done; the receipt says more.
        let step: String
        @Nullable var receipt: Receipt?
    }

    private struct Receipt: Encodable {
        let number: Int64
        let written: Int64
        /// As it is in the store, for the chain is over its bytes.
        let document: String
        let chain: String
    }

    @Sendable private func erase(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try Query(request)
        let id = try context.id("id")
        let actor = context.actor
        let job = try await known(id) { try live.beginErasure(of: id, by: actor) }
        _ = refresher.start()
        let state = State(erasure: job.token, status: "running", step: job.step.rawValue, receipt: nil)
        var answer = try Answer.json(state)
        answer.headers[.location] = "/privacy/erasures/\(job.token)"
        return answer.response(status: .accepted)
    }

    @Sendable private func erasure(_ request: Request, _ context: ServiceContext) async throws -> Answer {
        _ = try Query(request)
        let token = try context.id("token")
        return try await work.run {
            guard let (job, isFinished) = try live.store.erasure(token) else {
                throw Problem.notFound("there is no erasure of this name")
            }
            let receipt = try live.store.receipt(of: token).map {
                Receipt(
                    number: $0.number, written: $0.written, document: $0.document,
                    chain: [UInt8]($0.chain).hexadecimal)
            }
            return try Answer.json(
                State(
                    erasure: token, status: isFinished ? "done" : "running", step: job.step.rawValue, receipt: receipt))
        }
    }
}

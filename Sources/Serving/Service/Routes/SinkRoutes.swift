import HTTPTypes
import Hummingbird
import Sinks

/// What is kept in step with the store, and how far behind each is.
struct SinkRoutes {
    let sinks: [ElasticsearchSink]

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("sinks", use: list)
    }

    struct Message: Encodable {
        struct Documents: Encodable {
            let kind: String
            let done: Int
            let rejected: Int
        }

        let name: String
        let state: String
        /// Null where a full load comes first.
        @Nullable var entriesBehind: Int?
        @Nullable var secondsBehind: Int?
        let documents: [Documents]
        let retries: Int
        let deadLetters: Int
        let loads: Int
        let overflows: Int
        /// Null before the first.
        @Nullable var run: Int64?
        @Nullable var lastError: String?

        init(_ sink: ElasticsearchSink) {
            let status = sink.status
            name = sink.name
            state = status.state.rawValue
            entriesBehind = status.entriesBehind
            secondsBehind = status.secondsBehind
            documents = IndexKind.allCases.map { kind in
                let documents = status.documents[kind] ?? .init()
                return Documents(kind: kind.rawValue, done: documents.done, rejected: documents.rejected)
            }
            (retries, deadLetters) = (status.retries, status.rejected)
            (loads, overflows) = (status.loads, status.overflows)
            run = status.run == 0 ? nil : status.run
            lastError = status.lastError
        }
    }

    @Sendable private func list(_ request: Request, _ context: ServiceContext) throws -> Answer {
        _ = try Query(request)
        return try Answer.json(ItemsMessage(items: sinks.map(Message.init)))
    }
}

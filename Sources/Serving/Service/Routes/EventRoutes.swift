import HTTPTypes
import Hummingbird

/// What happens, as server-sent events (WHATWG HTML, section 9.2).
struct EventRoutes {
    let hub: EventHub
    let authorization: Authorization

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("events", use: events)
    }

    @Sendable private func events(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try Query(request)
        guard !hub.isFull else {
            throw Problem(.serviceUnavailable, "as many listen to events as may; ask again later")
                .with(.retryAfter, "30")
        }
        let connection = Connection.current
        let listener = EventListener(
            context.audience,
            isAllowed: { [authorization, key = request.headers[.authorization]] in authorization.allows(key) },
            disconnect: { connection?.close() })
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .connection: "close"],
            body: ResponseBody { writer in
                try await hub.serve(listener) {
                    try await Connection.whileOpen {
                        for await frame in listener.frames {
                            try await writer.write(frame)
                            listener.sent(frame)
                        }
                    } onEnd: {
                        listener.finish()
                    }
                }
                try await writer.finish(nil)
                connection?.finish()
            })
    }
}

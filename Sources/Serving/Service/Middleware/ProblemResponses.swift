import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import Store

/// Answers every error as a problem, and tells nobody but the log what an unexpected one was.
struct ProblemResponses: RouterMiddleware {
    typealias Context = ServiceContext

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            return problem.response(instance: context.id)
        } catch is HTTPError where !request.method.isStandard {
            return Problem(.notImplemented, "this method is not known here").response(instance: context.id)
        } catch let error as HTTPError {
            let detail = error.status == .notFound ? "there is nothing at this path" : error.status.reasonPhrase
            return Problem(error.status, detail).response(instance: context.id)
        } catch let error as StoreError {
            let problem = Self.problem(error)
            if problem.status.kind == .serverError {
                context.logger.error("store", metadata: ["error": "\(error)"])
            }
            return problem.response(instance: context.id)
        } catch let error as HTTPParserError {
            return Problem(.badRequest, "the body is not framed as HTTP/1.1 asks (\(error))")
                .response(instance: context.id)
        } catch is RequestDeadline.Passed {
            return Problem(.requestTimeout, "the body did not arrive in time").response(instance: context.id)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("unexpected", metadata: ["error": "\(error)"])
            return Problem(
                .internalServerError, "something unexpected happened; the log has it under this request's id"
            )
            .response(instance: context.id)
        }
    }

    private static func problem(_ error: StoreError) -> Problem {
        switch error {
        case .locked: Problem(.serviceUnavailable, "the store is busy; nothing was changed").with(.retryAfter, "1")
        case .full:
            Problem(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
                "the disk is full; nothing was changed")
        case .query, .tooLong, .refused, .overBudget: Problem(.unprocessableContent, "\(error)")
        case .served:
            Problem(.serviceUnavailable, "another service writes this store, and this one only reads; ask that one")
        case .replaced:
            Problem(
                .serviceUnavailable, "the file of the store was removed or replaced; nothing is stored any more")
        case .missing, .damaged, .inconsistent, .foreign, .older, .newer, .notPermitted:
            Problem(.serviceUnavailable, "the store cannot be used; the log tells why")
        }
    }
}

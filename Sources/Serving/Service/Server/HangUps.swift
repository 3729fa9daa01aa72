import Logging
import ServiceLifecycle
import UnixSignals

/// Reads certificate and key anew at each SIGHUP, which otherwise does nothing: connections that are open go on.
struct HangUps: Service {
    let certificates: Certificates?
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            guard let certificates else { continue }
            do {
                try certificates.reload()
                logger.notice("certificate and key are read anew")
            } catch {
                logger.error("certificate and key stay as they were", metadata: ["error": "\(error)"])
            }
        }
    }
}

import Foundation
import Synchronization
import TestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// `kindred serve` as a process of its own, on a port that was free.
final class Server: Sendable {
    let process: Process
    let address: String
    private let output: Output

    /// What the process has written, read as it comes so that the pipe never fills.
    private final class Output: Sendable {
        private let text = Mutex("")
        private let hasEnded = Mutex(false)

        init(_ pipe: Pipe) {
            pipe.fileHandleForReading.readabilityHandler = { [self] handle in
                let data = handle.availableData
                guard !data.isEmpty else {
                    handle.readabilityHandler = nil
                    return hasEnded.withLock { $0 = true }
                }
                text.withLock { $0 += String(decoding: data, as: UTF8.self) }
            }
        }

        var all: String { text.withLock { $0 } }

        /// Waits for the last byte.
        func awaitEnd() throws { try wait(until: "the end of the output") { hasEnded.withLock { $0 } } }
    }

    /// Quick models, and no limit of requests.
    static let quick = ["--models", "als,knn,popularity", "--compare", "none", "--rate-limit", "0"]

    /// - Parameter waits: whether it is ready to answer when this returns.
    init(_ store: String, _ arguments: [String] = quick, waits: Bool = true) throws {
        process = Process()
        process.executableURL = Program.url
        process.arguments = ["serve", "--store", store, "--port", "0", "--log-level", "warning"] + arguments
        let errors = Pipe()
        process.standardError = errors
        output = Output(errors)
        try process.run()
        address = try wait(for: "the address of the service") { [output, process] in
            try #require(process.isRunning, "the service did not start: \(output.all)")
            return output.all.firstMatch(of: /answers at (https?:\/\/[^\/]+)\//).map { String($0.1) }
        }
        if waits { try awaitReady() }
    }

    deinit { if process.isRunning { kill(SIGKILL) } }

    var errors: String { output.all }

    func awaitReady() throws {
        try wait(until: "the service to be ready") {
            try #require(process.isRunning, "the service has ended: \(output.all)")
            return try get("/readyz").status == 200
        }
    }

    func kill(_ signal: Int32) { _ = Foundation.kill(process.processIdentifier, signal) }

    /// Tells it to stop, and waits for its last words.
    ///
    /// - Returns: its exit code.
    func stop() throws -> Int32 {
        kill(SIGTERM)
        process.waitUntilExit()
        try output.awaitEnd()
        return process.terminationStatus
    }

    /// The number of the newest run.
    func run() throws -> Int {
        try #require((try get("/summary").json()["snapshot"] as? [String: Any])?["run"] as? Int)
    }

    func awaitRun(_ number: Int) throws { try wait(until: "run \(number)") { try run() >= number } }

    // MARK: Requests

    struct Reply: Sendable {
        let status: Int
        let version: String?
        let body: Data

        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        }
    }

    func get(_ path: String) throws -> Reply { try send("GET", path) }

    func post(_ path: String, _ body: String) throws -> Reply { try send("POST", path, body) }

    private func send(_ method: String, _ path: String, _ body: String? = nil) throws -> Reply {
        var request = URLRequest(url: try #require(URL(string: address + path)))
        request.httpMethod = method
        request.timeoutInterval = 30
        if let body {
            request.httpBody = Data(body.utf8)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let result = Mutex<Result<Reply, any Error>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        URLSession.shared.dataTask(with: request) { data, response, error in
            let head = response as? HTTPURLResponse
            let reply = Reply(
                status: head?.statusCode ?? 0, version: head?.value(forHTTPHeaderField: "ETag"), body: data ?? Data())
            result.withLock { $0 = error.map { .failure($0) } ?? .success(reply) }
            isDone.signal()
        }.resume()
        isDone.wait()
        return try #require(result.withLock { $0 }).get()
    }
}

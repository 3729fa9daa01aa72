import Foundation
import Synchronization
import TestSupport
import Testing

/// `kindred serve` and `keys`, as a person runs them; the scripts of `Tests/oracles` look at the interface, the metrics, the keys
/// and the dashboard from outside.
@Suite(.serialized)
struct ServeTests {
    private let scratch: Scratch
    private var store: String { scratch.path("s.sqlite") }

    init() throws {
        scratch = try Scratch()
        #expect(try Program.run("import", sample, "--store", store, "--quiet").status == 0)
    }

    private func key(_ role: String) throws -> String {
        let outcome = try Program.run("keys", "add", store, "--name", role, "--role", role)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: From outside

    @Test(.enabled(if: Oracle.python != nil, "there is no Python with the oracles"))
    func `the interface is as described`() throws {
        let server = try Server(
            store, ["--models", "als,implicit,knn,popularity", "--compare", "als,knn", "--rate-limit", "0"])
        try scratch.write("openapi.json", String(decoding: server.get("/openapi.json").body, as: UTF8.self))
        let outcome = try Oracle.run("service/api.py", server.address, scratch.path("openapi.json"))
        #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)\n\(server.errors)")
        #expect(server.process.isRunning)
    }

    @Test(
        .enabled(if: Oracle.python != nil && Oracle.has("prometheus"), "there is no Python or no Prometheus"))
    func `Prometheus reads the metrics`() throws {
        let server = try Server(store, ["--models", "als,knn", "--compare", "als,knn", "--rate-limit", "0"])
        let outcome = try Oracle.run("service/prometheus.py", server.address, scratch.path("prometheus"))
        #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)")
    }

    @Test(.enabled(if: Oracle.python != nil, "there is no Python with the oracles"))
    func `keys open what their roles allow`() throws {
        let keys = try ["read", "write", "admin", "auditor"].map(key)
        let server = try Server(store, ["--models", "popularity", "--compare", "none", "--rate-limit", "100"])
        let outcome = try Oracle.run("service/keys.py", [server.address] + keys + ["100"])
        #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)")
    }

    /// The dashboard in a real browser; its pictures stay in `.build/screenshots`.
    @Test(
        .enabled(if: Oracle.python != nil && Oracle.has("chromedriver"), "there is no Python or no Chromium"))
    func `the dashboard works in a browser`() throws {
        let server = try Server(store, ["--compare", "als,knn", "--models", "als,knn,popularity", "--rate-limit", "0"])
        let pictures = projectRoot.appendingPathComponent(".build/screenshots").path
        let outcome = try Oracle.run("service/dashboard.py", server.address, pictures)
        #expect(outcome.status == 0, "\(outcome.output)\n\(outcome.errors)")
    }

    // MARK: Start and stop

    /// What was computed is there again at the next start, before anything is computed.
    @Test func `a saved snapshot answers right after the start`() throws {
        let first = try Server(store)
        let lists = try ["als", "knn", "popularity"].map {
            try first.get("/users/1/recommendations?model=\($0)&explain=true").body
        }
        #expect(try first.stop() == 0)
        let second = try Server(store, waits: false)
        #expect(try second.get("/readyz").status == 200)
        for (list, model) in zip(lists, ["als", "knn", "popularity"]) {
            #expect(try second.get("/users/1/recommendations?model=\(model)&explain=true").body == list)
        }
        #expect(try second.get("/summary").json()["refreshing"] as? Bool == false)
    }

    /// A run keeps its minimum, that of the scale or the one typed; another at the next start is computed anew.
    @Test func `another minimum of likes is computed anew`() throws {
        for (run, arguments) in [(1, []), (1, ["--relevant", "4"]), (2, ["--relevant", "3"])] {
            let server = try Server(store, ["--models", "popularity", "--compare", "none"] + arguments)
            try server.awaitRun(run)
            #expect(try server.run() == run)
            #expect(try server.stop() == 0)
        }
        let query = "SELECT json_extract(options, '$.relevant') AS relevant FROM runs ORDER BY run"
        #expect(try Program.run("sql", store, query, "--format", "csv").output == "relevant\n4.0\n3.0\n")
    }

    /// A list that comes while the same refresh runs before and behind it has not waited for that; how long it has for this
    /// the machine decides, so there is another refresh until one is met.
    @Test func `requests do not wait for a refresh`() throws {
        let server = try Server(store, ["--models", "als,bayes,knn", "--compare", "none", "--rate-limit", "0"])
        func runUnderWay() throws -> Int? {
            let summary = try server.get("/summary").json()
            guard summary["refreshing"] as? Bool == true else { return nil }
            return (summary["snapshot"] as? [String: Any])?["run"] as? Int
        }
        var answered = 0
        try wait(until: "twenty lists during refreshes") {
            guard let run = try runUnderWay() else {
                #expect(try server.post("/admin/refresh", "").status == 202)
                return false
            }
            let reply = try server.get("/users/\(1 + answered)/recommendations?model=knn")
            #expect(reply.status == 200)
            if try runUnderWay() == run {
                #expect(reply.version?.hasPrefix("W/\"run-\(run)-") == true)
                answered += 1
            }
            return answered == 20
        }
    }

    /// A listener of events and a refresh do not hold it up; what was acknowledged is there.
    @Test func `SIGTERM ends streams and the service`() throws {
        let server = try Server(store)
        let listener = try EventListener(server)
        #expect(try server.post("/admin/refresh", "").status == 202)
        #expect(try server.post("/ratings", #"{"user_id":"1","item_id":"1","rating":4}"#).status == 200)
        #expect(try server.stop() == 0, "\(server.errors)")
        #expect(listener.waitUntilEnd() == 0)
        let kept = try Program.run(
            "sql", store, "SELECT count(*) FROM ratings WHERE value = 4 AND time > 1700000000", "--format", "csv")
        #expect(kept.output.split(separator: "\n") == ["count(*)", "1"])
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "there is no openssl"))
    func `a certificate enables TLS`() throws {
        let (certificate, key) = (scratch.path("c.pem"), scratch.path("k.pem"))
        let made = try Program.run(
            URL(fileURLWithPath: "/usr/bin/openssl"),
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
                "-out",
                certificate,
            ])
        try #require(made.status == 0, "\(made.errors)")
        let server = try Server(
            store, ["--models", "popularity", "--compare", "none", "--certificate", certificate, "--private-key", key],
            waits: false)
        #expect(server.address.hasPrefix("https://"))
        let reply = try Program.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["curl", "--silent", "--include", "--cacert", certificate, "\(server.address)/healthz"])
        #expect(reply.output.contains("\"ok\"") && reply.output.contains("Strict-Transport-Security"), "\(reply)")
    }

    @Test func `what keeps the service from starting is named`() throws {
        try scratch.write("broken.sqlite", "SQLite format 3\0" + String(repeating: "no store at all ", count: 400))
        try scratch.write("text.pem", "no certificate")
        let cases = [
            (["--store", scratch.path("none.sqlite")], "no such store"),
            (["--store", scratch.path("broken.sqlite")], "damaged"),
            (["--store", store, "--host", "0.0.0.0"], "no API keys"),
            (
                [
                    "--store", store, "--certificate", scratch.path("text.pem"), "--private-key",
                    scratch.path("text.pem"),
                ],
                "certificate or key cannot be used"
            ),
        ]
        for (arguments, message) in cases {
            let outcome = try Program.run(Program.url, ["serve"] + arguments)
            #expect(outcome.status == 1 && outcome.errors.contains(message), "\(outcome.errors)")
        }
        #expect(try Program.run("serve", "--store", store, "--port", "99999").status == 64)
        #expect(try Program.run("serve", "--store", store, "--compare-after=-1").status == 64)
        let server = try Server(store, waits: false)
        let port = String(server.address.split(separator: ":")[2])
        let outcome = try Program.run("serve", "--store", store, "--port", port)
        #expect(outcome.status == 1 && outcome.errors.contains("cannot be listened on"), "\(outcome.errors)")
    }

    @Test func `a store of a later version is refused`() throws {
        let write =
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute(\"INSERT INTO grdb_migrations VALUES ('99 later')\").connection.commit()"
        let python = URL(fileURLWithPath: "/usr/bin/env")
        #expect(try Program.run(python, ["python3", "-c", write, store]).status == 0)
        let outcome = try Program.run("serve", "--store", store)
        #expect(outcome.status == 1 && outcome.errors.contains("later version"), "\(outcome.errors)")
    }

    @Test func `keys are listed and removed`() throws {
        let secret = try key("read")
        #expect(secret.hasPrefix("kindred_") && secret.count > 40)
        let list = try Program.run("keys", "list", store)
        #expect(list.output.contains("read") && !list.output.contains(secret))
        #expect(try Program.run("keys", "add", store, "--name", "read", "--role", "read").status == 1)
        #expect(try Program.run("keys", "remove", store, "--name", "read").status == 0)
        #expect(try Program.run("keys", "remove", store, "--name", "read").status == 1)
    }

    /// What it opens is told by Tests/sinks/test_deployed.py.
    @Test func `a key from a file replaces the key of its name`() throws {
        let file = scratch.path("key")
        func add(_ text: String) throws -> Program.Outcome {
            try scratch.write("key", text)
            return try Program.run("keys", "add", store, "--name", "team", "--role", "read", "--key-file", file)
        }
        for start in ["kindred_", "kindred_", "another-"] {
            let outcome = try add(start + String(repeating: "a", count: 43) + "\n")
            #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
        }
        let list = try Program.run("keys", "list", store)
        #expect(list.output.components(separatedBy: "team").count == 2, "\(list.output)")

        for text in ["too short", String(repeating: "ä", count: 40), String(repeating: "a", count: 513)] {
            let outcome = try add(text)
            #expect(outcome.status == 64 && outcome.errors.contains("32 to 512"), "\(outcome.errors)")
        }
        let missing = try Program.run(
            "keys", "add", store, "--name", "team", "--role", "read", "--key-file", scratch.path("none"))
        #expect(missing.status == 64 && missing.errors.contains("cannot be read"), "\(missing.errors)")
    }

    @Test func `refreshes follow the schedule`() throws {
        let server = try Server(store, ["--models", "popularity", "--compare", "none", "--refresh-every", "1"])
        try server.awaitRun(3)
        #expect(try server.stop() == 0)
    }

    /// A run tells its stages, and of which run the comparison is that it keeps.
    @Test func `runs list their stages and comparisons`() throws {
        let server = try Server(store, ["--models", "als", "--compare", "als,popularity", "--compare-after", "0.5"])
        func newest() throws -> [String: Any] {
            try #require((try server.get("/runs").json()["items"] as? [[String: Any]])?.first)
        }
        func stages(_ run: [String: Any]) -> [String] {
            (run["stages"] as? [[String: Any]] ?? []).compactMap { $0["stage"] as? String }
        }
        let first = try newest()
        let report = try server.get("/compare").body
        #expect(stages(first).contains("comparing als") && stages(first).last == "saving")
        #expect(first["comparison"] as? [String: Int] == ["run": 1, "changed_ratings": 0])
        #expect(try server.post("/ratings", #"{"user_id":"new","item_id":"1","rating":4}"#).status == 200)
        #expect(try server.post("/admin/refresh", "").status == 202)
        try server.awaitRun(2)
        let second = try newest()
        #expect(!stages(second).contains("comparing als") && stages(second).contains("als"))
        // The rating, and who gave it.
        #expect(second["comparison"] as? [String: Int] == ["run": 1, "changed_ratings": 2])
        #expect(try server.get("/compare").body == report)
    }

    /// What another program imports is looked for, and computed.
    @Test func `an import by another program is noticed`() throws {
        let server = try Server(store)
        let rows = (0..<50).map { "fresh\($0 % 10),\(1 + $0 / 10),4\n" }
        let source = try scratch.write("more.csv", "userId,movieId,rating\n" + rows.joined())
        #expect(try Program.run("import", source, "--store", store, "--quiet").status == 0)
        try wait(until: "the neighbors of somebody imported") {
            (try server.get("/users/fresh1/neighbors").json()["items"] as? [Any])?.isEmpty == false
        }
    }

    /// Downloads that begin at once all get the whole file, and so do those behind them.
    @Test func `concurrent downloads all get the whole file`() throws {
        let server = try Server(store)
        let sizes = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let reply = try? server.get("/graph.graphml")
            sizes.withLock { $0.append(reply?.status == 200 ? reply?.body.count ?? 0 : 0) }
        }
        let whole = try server.get("/graph.graphml")
        #expect(whole.status == 200 && String(decoding: whole.body.suffix(12), as: UTF8.self).contains("</graphml>"))
        #expect(sizes.withLock { $0 } == [Int](repeating: whole.body.count, count: 8))
    }

    /// Every line of the log is JSON, requests have their ids, and nobody's id or title is in it.
    @Test func `the log is JSON without personal data`() throws {
        let server = try Server(store, Server.quick + ["--log-level", "info"])
        for path in ["/users/1", "/users/nobody/neighbors", "/recommendations?title=silent", "/nothing/1"] {
            _ = try server.get(path)
        }
        _ = try server.post("/ratings", #"{"user_id":"somebody","item_id":"1","rating":4}"#)
        #expect(try server.stop() == 0)
        let lines = server.errors.split(separator: "\n").filter { !$0.hasPrefix("Kindred answers") }
        let entries = try lines.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
        }
        let requests = entries.filter { $0["message"] as? String == "request" }
        #expect(requests.count >= 5 && requests.allSatisfy { $0["request_id"] != nil && $0["seconds"] != nil })
        #expect(requests.contains { $0["route"] as? String == "/users/{id}" })
        #expect(requests.contains { $0["route"] as? String == "none" })
        for person in ["somebody", "nobody", "silent", "/users/1"] { #expect(!server.errors.contains(person)) }
    }

    // MARK: What happens to the store

    /// Another process holds it for longer than a write waits: the rating is refused, and reading goes on.
    @Test func `a locked store refuses writes and answers reads`() throws {
        let server = try Server(store)
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = [
            "python3", "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('BEGIN IMMEDIATE'); print(1, flush=True); sys.stdin.read()",
            store,
        ]
        let (input, output) = (Pipe(), Pipe())
        holder.standardInput = input
        holder.standardOutput = output
        try holder.run()
        _ = output.fileHandleForReading.availableData
        let rating = #"{"user_id":"1","item_id":"1","rating":2}"#
        let reply = try server.post("/ratings", rating)
        #expect(reply.status == 503, "\(String(decoding: reply.body, as: UTF8.self))")
        #expect(try server.get("/users/1").status == 200)
        try input.fileHandleForWriting.close()
        holder.waitUntilExit()
        #expect(try server.post("/ratings", rating).status == 200)
    }

    /// Ratings until the disk is full, and again when there is room: each is stored or refused.
    @Test(.enabled(if: CommandTests.canMount, "this process may not mount a small disk"))
    func `a full disk refuses ratings until there is room`() throws {
        try scratch.write("disk/keep", "")
        try #require(CommandTests.mountSmallDisk(scratch.path("disk"), size: "12m"))
        defer { _ = try? Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["umount", "-l", scratch.path("disk")]) }
        let small = scratch.path("disk/s.sqlite")
        let source = try scratch.write("r.csv", "1,a,4\n2,b,5\n2,a,3\n1,b,2\n3,a,1\n")
        #expect(try Program.run("import", source, "--store", small, "--quiet").status == 0)
        let server = try Server(small, ["--models", "popularity", "--compare", "none", "--rate-limit", "0"])
        let filler = URL(fileURLWithPath: scratch.path("disk/filler"))
        try? Data(count: 16 << 20).write(to: filler)
        var stored = 0
        var last = 200
        while last == 200, stored < 100 {
            let ratings = (0..<2_000).map { #"{"user_id":"\#(stored)-\#($0)","item_id":"a","rating":3}"# }
            last = try server.post("/ratings", "{\"ratings\":[\(ratings.joined(separator: ","))]}").status
            if last == 200 { stored += 1 }
        }
        #expect(last == 507, "\(server.errors)")
        #expect(try server.get("/users/1").status == 200)
        try FileManager.default.removeItem(at: filler)
        #expect(try server.post("/ratings", #"{"user_id":"1","item_id":"a","rating":2}"#).status == 200)
        #expect(try server.get("/summary").json()["ratings"] as? Int == 5 + 2_000 * stored)
    }
}

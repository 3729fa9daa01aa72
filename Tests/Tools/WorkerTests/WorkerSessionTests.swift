import Testing
import Worker

struct WorkerSessionTests {
    private let graph: [String: Any] = [
        "task": "graph", "users": 3, "items": 2, "ratings": 4, "neighbors": 1, "measure": "cosine", "weights": "none",
        "norms": "all", "minSupport": 1, "minSimilarity": "0x0p+0", "shrinkage": 0.0, "exact": 1, "pairing": "within",
    ]
    private let als: [String: Any] = [
        "task": "als", "rank": 1, "partners": 2, "solver": "lapack", "regularization": 1, "biasRegularization": 1,
        "regularizationExponent": 0, "mean": 3,
    ]
    private let rows = Frame(.rows, Payload().integer(1, 0).integers([0, 1]).int32([1]).floats([4]))

    @Test func `an empty input is greeted and done`() throws {
        let answer = try run([])
        #expect(answer.failure == nil && answer.frames.map(\.kind) == [.hello, .done])
        var done = Taker(answer.frames[1])
        #expect(done.integers(2) == [0, 1] && done.isEmpty)
        let lines = String(decoding: answer.frames[0].payload, as: UTF8.self).split(separator: "\n")
        #expect(lines.map { $0.prefix { $0 != "=" } } == ["protocol", "version", "level", "libc", "blas", "core"])
        #expect(lines.starts(with: ["protocol=1", "version=\(WorkerProtocol.kindred)", "level=x86-64-v3"]))
    }

    @Test func `DONE counts the frames of both directions`() throws {
        let answer = try run(["task": "als"], [Frame(.draw, Payload().words([1]).integer(2, 3, 4))])
        var done = try answer.one(.done)
        #expect(answer.frames.map(\.kind) == [.hello, .states, .done] && done.integers(2) == [2, 2])
    }

    /// What a configuration lacks or has too much of is named.
    @Test(arguments: [
        ("", "CONFIG: task is missing"),
        ("task=fit\n", "CONFIG: task is fit; it has to be graph or merge or als or implicit"),
        ("task\n", "CONFIG: task is not key=value"), ("task=merge\ntask=merge\n", "CONFIG: task is given twice"),
        ("task=merge\n", "CONFIG: neighbors is missing"),
        ("task=merge\nneighbors=0\n", "CONFIG: neighbors is 0; it has to be 1 to 1,000,000"),
        ("task=merge\nneighbors=ten\n", "CONFIG: neighbors is ten; it has to be a whole number from 0 on"),
        ("task=merge\nneighbors=1\nrank=1\n", "CONFIG: unknown key rank for the task merge"),
        ("task=merge\nneighbors=1\nthreads=0\n", "CONFIG: threads is 0; it has to be 1 to 1,024"),
        ("task=als\nmean=inf\n", "CONFIG: mean is inf; it has to be a finite number"),
        ("task=als\nstream=2\n", "CONFIG: stream is 2; it has to be 0 or 1"),
        ("task=als\nleast=0\n", "CONFIG: unknown key least for the task als"),
        ("task=\u{1}\n", "CONFIG: task is \u{1}; it has to be graph or merge or als or implicit"),
    ])
    func `configurations that are refused`(text: String, message: String) throws {
        let answer = try run(stream([Frame(.config, Array(text.utf8))]))
        #expect(answer.failure?.code == .badInput && answer.failure?.description == message)
        #expect(answer.frames.map(\.kind) == [.hello, .error])
        #expect(answer.frames.last?.payload == Array(message.utf8))
    }

    @Test func `configurations that are not text are refused`() throws {
        #expect(try run(stream([Frame(.config, [0xFF])])).failure?.description == "CONFIG: the text is not UTF-8")
    }

    @Test func `each key of graph is needed, and its range is that of the library`() throws {
        #expect(try run(graph).failure == nil)
        for key in graph.keys where key != "task" {
            var less = graph
            less[key] = nil
            #expect(try run(less).failure?.description == "CONFIG: \(key) is missing")
        }
        for (key, value) in [("shrinkage", "-1"), ("minSimilarity", "1.5"), ("minSupport", "0"), ("neighbors", "0")] {
            let failure = try run(graph.merging([key: value]) { $1 }).failure
            #expect(failure?.code == .badInput && failure?.description.contains(" has to be ") ?? false, "\(key)")
        }
    }

    @Test func `keys of als are needed by the frames that need them`() throws {
        let frames = [rows, Frame(.chunks, Payload().integer(1))]
        let features = Frame(.features, Payload().integer(1, 2).int32([1]).floats([1, 0]))
        #expect(try run(als, frames + [features, Frame(.solve)]).failure == nil)
        for key in als.keys where key != "task" {
            var less = als
            less[key] = nil
            let failure = try run(less, frames + [features, Frame(.solve)]).failure
            #expect(failure?.description == "CONFIG: \(key) is missing")
        }
        #expect(try run(["task": "als", "partners": 2, "rank": 1], frames + [Frame(.values)]).failure == nil)
    }

    @Test func `frames out of place are refused`() throws {
        let block = Frame(.block, Payload().integer(0, 1, 0, 0).int32([0]).integers([0, 1]).int32([0]).floats([4]))
        let floors = Frame(.floors, Payload().integer(0).floats([0]))
        let chunks = Frame(.chunks, Payload().integer(1))
        let draw = Frame(.draw, Payload().words([1]).integer(2, 3))
        let features = Frame(.features, Payload().integer(1, 2).int32([1]).floats([1, 0]))
        let cases: [([String: Any], [Frame])] = [
            (graph, [config(graph)]), (graph, [rows]), (graph, [Frame(.hello)]), (graph, [Frame(.pair), Frame(.pair)]),
            (graph, [Frame(.pair), block]), (graph, [block, floors, floors]), (graph, [block, floors, block]),
            (graph, [floors]), (graph, [block]), (als, [block]), (als, [chunks]), (als, [rows, Frame(.solve)]),
            (als, [rows, chunks, rows]), (als, [rows, chunks, chunks]), (als, [rows, chunks]), (als, [rows, draw]),
            (als, [draw, draw]), (als, [features]), (als, [features, draw]), (als, [Frame(.values), draw]),
            (als, [Frame(.values)]),
            (als, [rows, chunks, Frame(.gramian, Payload().floats([1, 0, 0, 1]))]),
            (als.merging(["stream": 1]) { $1 }, [Frame(.features, Payload().integer(0, 2)), rows]),
            (["task": "merge", "neighbors": 1], [rows]),
        ]
        for (settings, frames) in cases {
            let answer = try run(settings, frames)
            #expect(answer.failure?.code == .badInput, "\(frames.map(\.kind))")
            #expect(answer.frames.last?.kind == .error)
        }
        #expect(try run(stream([rows])).failure?.description == "ROWS before CONFIG")
    }

    @Test func `machines of another kind refuse to work`() throws {
        var old = anyMachine
        old.level = "x86-64"
        let answer = try run([], on: old)
        #expect(answer.failure?.code == .otherMachine && answer.frames.map(\.kind) == [.hello, .error])
        let merge: [String: Any] = ["task": "merge", "neighbors": 1]
        for level in ["x86-64-v3", "x86-64-v4"] {
            #expect(try run(merge.merging(["level": level, "core": anyMachine.core]) { $1 }).failure == nil)
        }
        for (key, value) in [("level", "x86-64"), ("level", "aarch64"), ("core", "Other")] {
            #expect(try run(merge.merging([key: value]) { $1 }).failure?.code == .otherMachine)
        }
    }

    @Test func `an output that nobody reads ends the work`() {
        let closed = WorkerFailure(.brokenPipe, "closed")
        var session = WorkerSession(machine: anyMachine, from: source([])) { _ throws(WorkerFailure) in throw closed }
        #expect(session.run() == closed)
    }
}

import Foundation
import Service
import Synchronization
import TestSupport
import Testing

/// Metrics as CSV: whole lines whoever reads when, files by day, bounded, and a folder that may go.
struct MetricsFolderTests {
    private let scratch: Scratch
    private var current: String { scratch.path("metrics.csv") }
    /// 2026-11-27 12:00 UTC.
    private let noon = Date(timeIntervalSince1970: 1_795_780_800)

    init() throws { scratch = try Scratch() }

    private func folder(_ change: (inout MetricsFolderSettings) -> Void = { _ in }) -> MetricsFolder {
        var settings = MetricsFolderSettings(scratch.path(""))
        change(&settings)
        return MetricsFolder(settings)
    }

    private func samples(_ count: Int) -> [MetricSample] {
        (0..<count).map { MetricSample(metric: "requests_\($0)", labels: "route=\"/movies/{id}\"", value: "\($0)") }
    }

    private func rows(_ path: String) throws -> [Substring] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: scratch.path("")).sorted() }
    }

    /// As if the service had run then.
    private func append(_ samples: [MetricSample], at time: Date) throws {
        try folder().append(samples, at: time)
        try date(time)
    }

    /// As if the file had been written then.
    private func date(_ time: Date) throws {
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: current)
    }

    @Test func `a line a sample, under one header`() throws {
        try append([MetricSample(metric: "up", labels: "", value: "1")], at: noon)
        try append(samples(1), at: noon.addingTimeInterval(10))
        #expect(
            try rows(current) == [
                "time,metric,labels,value", "2026-11-27T12:00:00Z,up,,1",
                "2026-11-27T12:00:10Z,requests_0,\"route=\"\"/movies/{id}\"\"\",0",
            ])
    }

    @Test func `no line crosses a page`() throws {
        for second in 0..<5 { try append(samples(97), at: noon.addingTimeInterval(Double(second))) }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: current))
        for boundary in stride(from: 4_096, to: bytes.count, by: 4_096) {
            #expect(bytes[boundary - 1] == UInt8(ascii: "\n"), "\(boundary)")
        }
        #expect(try rows(current).count == 1 + 5 * 97)
    }

    /// Of an append of 10 KB that heeds no pages, a loop like this one sees half a line in one look of four.
    @Test func `a reader never sees half a line`() throws {
        let isDone = Atomic(false)
        let looks = Atomic(0)
        let halves = Atomic(0)
        try append(samples(50), at: noon)
        let file = try #require(FileHandle(forReadingAtPath: current))
        let reader = Thread {
            while !isDone.load(ordering: .relaxed) {
                guard let end = try? file.seekToEnd(), (try? file.seek(toOffset: end - 1)) != nil else { continue }
                let last = try? file.read(upToCount: 1)
                looks.add(1, ordering: .relaxed)
                if last != Data("\n".utf8) { halves.add(1, ordering: .relaxed) }
            }
        }
        reader.start()
        for _ in 0..<400 { try append(samples(200), at: noon) }
        isDone.store(true, ordering: .relaxed)
        #expect(looks.load(ordering: .relaxed) > 100)
        #expect(halves.load(ordering: .relaxed) == 0)
    }

    @Test func `half a line that a lost machine has left goes`() throws {
        try append(samples(1), at: noon)
        let file = try #require(FileHandle(forWritingAtPath: current))
        try file.seekToEnd()
        try file.write(contentsOf: Data("2026-11-27T12:00".utf8))
        try file.close()
        try date(noon)
        try append(samples(1), at: noon)
        #expect(try rows(current).count == 3)
    }

    @Test func `a day has a file of its own, and old ones go`() throws {
        try scratch.write("metrics-2026-11-20-1.csv", "old")
        try scratch.write("metrics-2026-11-21-1.csv", "young enough")
        try scratch.write("notes.csv", "somebody else's")
        try append(samples(1), at: noon)
        try append(samples(2), at: noon.addingTimeInterval(86_400))
        #expect(try rows(current).count == 3)
        #expect(
            try names == [
                "metrics-2026-11-21-1.csv", "metrics-2026-11-27-1.csv", "metrics.csv", "notes.csv",
            ])
        try append(samples(1), at: noon.addingTimeInterval(2 * 86_400))
        #expect(try names.contains("metrics-2026-11-28-1.csv"))
        #expect(try !names.contains("metrics-2026-11-21-1.csv"))
    }

    @Test func `all files are bounded`() throws {
        let small = folder { $0.sizeLimit = 80_000 }
        for second in 0..<200 {
            try small.append(samples(40), at: noon.addingTimeInterval(Double(second)))
            try date(noon)
            let sizes = try names.map { name in
                try FileManager.default.attributesOfItem(atPath: scratch.path(name))[.size] as? Int ?? 0
            }
            #expect(sizes.reduce(0, +) <= 80_000)
        }
        // The newest are kept, in order.
        #expect(try names.count >= 8)
    }

    @Test func `a folder that is gone throws, and serves again when it is back`() throws {
        let gone = MetricsFolder(MetricsFolderSettings(scratch.path("gone")))
        #expect(throws: (any Error).self) { try gone.append(samples(1), at: noon) }
        try FileManager.default.createDirectory(atPath: scratch.path("gone"), withIntermediateDirectories: false)
        try gone.append(samples(1), at: noon)
        #expect(try rows(scratch.path("gone/metrics.csv")).count == 2)
    }
}

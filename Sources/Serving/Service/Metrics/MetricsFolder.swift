import FileOutput
package import Foundation

/// Samples of metrics as CSV in a folder: a line a sample, with time, metric, labels and value.
///
/// `metrics.csv` has those of today, in UTC. When the day has ended or the file has an eighth of the limit, it becomes
/// `metrics-2026-11-27-1.csv`, and the oldest of these go. A folder belongs to one service.
///
/// Readers never see half a line, though they take no lock: an append becomes visible page by page, so no line crosses a page.
/// Empty lines, which readers of CSV skip, fill the rest.
package struct MetricsFolder: Sendable {
    private let settings: MetricsFolderSettings
    private let folder: URL
    private let current: URL

    private static let header = Data("time,metric,labels,value\n".utf8)
    /// The smallest page of the systems that this runs on; larger ones are multiples of it.
    private static let page = 4_096
    private static let newline = UInt8(ascii: "\n")
    private static let parts = 8

    package init(_ settings: MetricsFolderSettings) {
        self.settings = settings
        folder = URL(fileURLWithPath: settings.path, isDirectory: true)
        current = folder.appendingPathComponent("metrics.csv")
    }

    /// Appends samples to the file of today.
    ///
    /// - Throws: what the file system says; the file has none of the samples then.
    package func append(_ samples: [MetricSample], at time: Date) throws {
        let lines = samples.map { Self.line($0, at: time) }
        try turn(at: time, before: lines.reduce(0) { $0 + $1.count })
        if !FileManager.default.fileExists(atPath: current.path) { try Data().write(to: current) }
        let file = try FileHandle(forUpdating: current)
        defer { try? file.close() }
        let end = try Self.endOfLines(in: file)
        try file.truncate(atOffset: UInt64(end))
        do {
            try file.write(contentsOf: Self.paged(end == 0 ? [Self.header] + lines : lines, from: end))
        } catch {
            // A full disk takes some of it.
            try? file.truncate(atOffset: UInt64(end))
            throw error
        }
    }

    private static func line(_ sample: MetricSample, at time: Date) -> Data {
        Data("\(time.formatted(.iso8601)),\(sample.metric),\(csvField(sample.labels)),\(sample.value)\n".utf8)
    }

    /// Lines as they follow a file of this size; one that would cross into the next page begins there.
    private static func paged(_ lines: [Data], from end: Int) -> Data {
        var block = Data()
        for line in lines {
            let rest = page - (end + block.count) % page
            if line.count > rest { block.append(contentsOf: repeatElement(newline, count: rest)) }
            block.append(line)
        }
        return block
    }

    /// Where the last whole line ends: a machine that was lost may have left half of one.
    private static func endOfLines(in file: FileHandle) throws -> Int {
        var end = Int(try file.seekToEnd())
        while end > 0 {
            let start = max(0, end - page)
            try file.seek(toOffset: UInt64(start))
            let tail = try file.read(upToCount: end - start) ?? Data()
            if let last = tail.lastIndex(of: newline) {
                return start + tail.distance(from: tail.startIndex, to: last) + 1
            }
            end = start
        }
        return 0
    }
}

// MARK: Older files

extension MetricsFolder {
    /// A file of an earlier day or part of a day.
    private struct Part: Comparable {
        let day: String
        let number: Int
        let name: String
        let size: Int

        static func < (one: Part, other: Part) -> Bool { (one.day, one.number) < (other.day, other.number) }
    }

    /// Puts the file aside where it is of another day or has no place for as many bytes, and removes what is too old or too much.
    private func turn(at time: Date, before bytes: Int) throws {
        let files = FileManager.default
        guard let attributes = try? files.attributesOfItem(atPath: current.path),
            let written = attributes[.modificationDate] as? Date, let size = attributes[.size] as? Int, size > 0
        else { return }
        let day = Self.day(of: written)
        guard day != Self.day(of: time) || size + bytes > settings.sizeLimit / Self.parts else { return }
        let number = (try parts().last { $0.day == day }?.number ?? 0) + 1
        try files.moveItem(at: current, to: folder.appendingPathComponent("metrics-\(day)-\(number).csv"))
        try removeOld(at: time)
    }

    private func removeOld(at time: Date) throws {
        let first = Self.day(of: time.addingTimeInterval(-86_400 * Double(settings.keptDays)))
        var left = settings.sizeLimit / Self.parts * (Self.parts - 1)
        for part in try parts().reversed() {
            left -= part.size
            guard left < 0 || part.day < first else { continue }
            try FileManager.default.removeItem(at: folder.appendingPathComponent(part.name))
        }
    }

    /// In the order in which they were written.
    private func parts() throws -> [Part] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).compactMap { name in
            guard let match = name.wholeMatch(of: /metrics-(\d{4}-\d\d-\d\d)-(\d{1,9})\.csv/), let number = Int(match.2)
            else { return nil }
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent(name).path)
            return Part(day: String(match.1), number: number, name: name, size: attributes?[.size] as? Int ?? 0)
        }.sorted()
    }

    /// In UTC.
    private static func day(of time: Date) -> String { time.formatted(.iso8601.year().month().day()) }
}

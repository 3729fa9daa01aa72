import Ratings

/// The rows of a source that are ratings, and those that are not, with the reason.
struct CleanedRows {
    struct Row {
        /// Indices of the source's vocabularies.
        let user: Int32
        let item: Int32
        let value: Float
        /// Seconds since 1970.
        var time: Int64?

        /// What there is one rating of.
        fileprivate var place: Int64 { Int64(user) << 32 | Int64(item) }
    }

    private(set) var kept: [Row] = []
    private(set) var rejected: [RejectedRating]
    private(set) var report: ImportReport
    /// Users of the source who were erased, and whose rows are left out.
    let erased: Set<Int32>

    /// - Parameter namesErased: whether a line that is no rating names somebody who was erased; it is not kept then.
    /// - Throws: where the lines of rows that are left out cannot be read.
    init(
        _ source: ImportSource, _ cleaning: Cleaning, leavingOut erased: Set<Int32> = [],
        namesErased: (String) throws -> Bool = { _ in false }
    ) throws {
        self.erased = erased
        report = ImportReport(source: source.name)
        report.dropped_attributes = source.droppedAttributes
        rejected = source.malformed
        report.malformed = source.malformed.count
        report.times_converted = source.convertedTimes
        let count = source.entries.reduce(0) { $0 + $1.count }
        report.rows_read = count + source.malformed.count
        kept.reserveCapacity(count)
        var index = 0
        var faults: [(entry: Int, reason: String)] = []
        for piece in source.entries {
            for place in 0..<piece.count {
                if erased.contains(piece.users[place]) {
                    report.erased += 1
                } else if let reason = take(piece, place, cleaning) {
                    faults.append((index, reason))
                }
                index += 1
            }
        }
        for (line, fault) in zip(try source.lines(faults.map(\.entry)), faults) {
            rejected.append(RejectedRating(line: line.number, reason: fault.reason, text: line.text))
        }
        rejected = try rejected.filter { try !namesErased($0.text) }
        rejected.sort { $0.line < $1.line }
        report.kept = kept.count
        report.duplicates = kept.count - Set(kept.map(\.place)).count
        coarsen(source.timePrecision)
        if source.items.titles.contains(where: { $0 != nil }) {
            report.unknown_items = kept.count { source.items.titles[Int($0.item)] == nil }
        }
    }

    /// Makes times as coarse as they are to be kept. Of several ratings of an item by a user the latest comes last, for their
    /// times may no longer tell.
    private mutating func coarsen(_ precision: Minimisation.TimePrecision) {
        guard precision != .second else { return }
        if report.duplicates > 0 {
            for places in Dictionary(grouping: kept.indices, by: { kept[$0].place }).values where places.count > 1 {
                let rows = places.map { kept[$0] }
                let order = rows.indices.sorted { (rows[$0].time ?? 0, $0) < (rows[$1].time ?? 0, $1) }
                for (place, row) in zip(places, order) { kept[place] = rows[row] }
            }
        }
        for row in kept.indices { kept[row].time = kept[row].time.map(precision.start) }
    }

    /// - Returns: why the entry is left out, or nil where it is kept.
    private mutating func take(_ piece: RatingEntries, _ place: Int, _ cleaning: Cleaning) -> String? {
        let (value, time) = (piece.values[place], piece.timestamps?[place])
        let verdict = cleaning.verdict(value: value, time: time)
        switch verdict {
        case .kept(let seconds, let isConverted):
            kept.append(Row(user: piece.users[place], item: piece.items[place], value: value, time: seconds))
            if isConverted { report.times_converted += 1 }
        case .outOfScale: report.out_of_scale += 1
        case .impossibleTime: report.impossible_times += 1
        }
        return cleaning.reason(verdict, value: value, time: time)
    }
}

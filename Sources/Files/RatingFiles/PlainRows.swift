import Ratings

/// A batch of rows from plain lines, small enough for the L1 cache.
///
/// Appending each row to the large arrays would check the capacity of each.
struct PlainRows {
    private static let capacity = 1024

    var users = [Int32](repeating: 0, count: capacity)
    var items = [Int32](repeating: 0, count: capacity)
    var values = [Float](repeating: 0, count: capacity)
    var timestamps = [Int64](repeating: 0, count: capacity)
    private var leading = LeadingField()
    /// Ratings off the scale are left to the slow path.
    private let scale: ClosedRange<Double>

    init(_ scale: ClosedRange<Float>?) {
        let scale = scale ?? RatingScale.widest
        self.scale = Double(scale.lowerBound)...Double(scale.upperBound)
    }

    /// Reads lines until the batch is full, the end is reached or a line is not plain.
    ///
    /// - Returns: the number of rows.
    mutating func read(
        _ bytes: Span<UInt8>, _ cursor: inout LineCursor, before end: Int, _ layout: RatingsLayout,
        _ userIDs: inout ByteInterner, _ itemIDs: inout ByteInterner
    ) -> Int {
        layout.user == 0
            ? Self.read(
                bytes, &cursor, end, layout, scale, &leading, &userIDs, &itemIDs, &users, &items, &values, &timestamps)
            : Self.read(
                bytes, &cursor, end, layout, scale, &leading, &itemIDs, &userIDs, &items, &users, &values, &timestamps)
    }

    /// Reads lines into columns, the first two in field order.
    private static func read(
        _ bytes: Span<UInt8>, _ cursor: inout LineCursor, _ end: Int, _ layout: RatingsLayout,
        _ scale: ClosedRange<Double>,
        _ leading: inout LeadingField, _ firstIDs: inout ByteInterner, _ secondIDs: inout ByteInterner,
        _ firsts: inout [Int32], _ seconds: inout [Int32], _ values: inout [Float], _ timestamps: inout [Int64]
    ) -> Int {
        var firsts = firsts.mutableSpan
        var seconds = seconds.mutableSpan
        var values = values.mutableSpan
        var timestamps = timestamps.mutableSpan
        var field = leading
        var position = cursor.position
        var count = 0
        while count < capacity, position < end, field.read(bytes, at: position, layout.delimiter) {
            let start = position + field.length
            guard let line = PlainLine(bytes, behindFirst: start, layout), scale.contains(line.rating) else { break }
            firsts[count] = firstIDs.intern(field.number, bytes, at: position)
            seconds[count] = secondIDs.intern(line.second, bytes, at: start)
            values[count] = Float(line.rating)
            timestamps[count] = Int64(line.timestamp)
            position = line.end
            count += 1
        }
        leading = field
        cursor.skipLines(count, to: position)
        return count
    }
}

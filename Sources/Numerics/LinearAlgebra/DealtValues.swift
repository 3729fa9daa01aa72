/// Values ordered by blocks of rows.
enum DealtValues<Value: BitwiseCopyable & Sendable>: Sendable {
    /// Already in this order, in pieces.
    case pieces([ArraySlice<Value>])
    case moved([Value])

    /// Replaces the contents of an array with a range of the values.
    func copy(_ range: Range<Int>, to array: inout [Value]) {
        array.removeAll(keepingCapacity: true)
        switch self {
        case .moved(let values): array += values[range]
        case .pieces(let pieces):
            var start = 0
            for piece in pieces {
                let part = range.clamped(to: start..<start + piece.count)
                let offset = piece.startIndex - start
                if !part.isEmpty { array += piece[part.lowerBound + offset..<part.upperBound + offset] }
                start += piece.count
            }
        }
    }
}

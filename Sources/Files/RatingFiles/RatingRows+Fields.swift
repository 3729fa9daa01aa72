import FileOutput
import Ratings

/// The values of fields.
extension RatingRows {
    func checkID(
        _ bytes: Span<UInt8>, _ fields: [Range<Int>], _ column: Int
    ) throws(RowFault) {
        if fields[column].isEmpty { throw .emptyID(column: column + 1) }
        if fields[column].contains(where: { bytes[$0] == 0 }) { throw .notText }
    }

    func rating(
        _ bytes: Span<UInt8>, _ field: Range<Int>, _ layout: RatingsLayout, _ column: Int?
    ) throws(RowFault) -> Float {
        let position = (column ?? -1) + 1
        switch ParsedNumber(bytes, field, allowsComma: layout.hasDecimalCommas) {
        case .finite(let value) where RatingScale.widest.contains(Float(value)):
            if let scale = rules.scale, !scale.contains(Float(value)) {
                throw .offScale(text: excerpt(bytes, field), scale: scale, column: position)
            }
            return Float(value)
        case .finite: throw .beyondRange(text: excerpt(bytes, field), column: position)
        case .notFinite: throw .notFinite(name: "rating", text: excerpt(bytes, field), column: position)
        case .notANumber: throw .notANumber(name: "rating", text: excerpt(bytes, field), column: position)
        }
    }

    /// A time in seconds since 1970, or a number in a finer unit, which is converted when all are known.
    func moment(
        _ bytes: Span<UInt8>, _ field: Range<Int>, _ layout: RatingsLayout, _ column: Int?
    ) throws(RowFault) -> Int64 {
        if layout.timesAreDates, let seconds = Moment.seconds(bytes, field) { return seconds }
        switch ParsedNumber(bytes, field) {
        case .finite(let value) where abs(value) <= 0x1p62: return Int64(value)
        case .finite, .notFinite:
            throw .notFinite(name: "timestamp", text: excerpt(bytes, field), column: (column ?? -1) + 1)
        case .notANumber:
            if let seconds = Moment.seconds(bytes, field) { return seconds }
            throw .notAMoment(text: excerpt(bytes, field), column: (column ?? -1) + 1)
        }
    }

    /// Interns an ID, unescaping doubled quotes in quoted ones.
    static func intern(
        _ bytes: Span<UInt8>, _ field: Range<Int>, in interner: inout ByteInterner
    ) -> Int32 {
        let quote = UInt8(ascii: "\"")
        let isQuoted = field.lowerBound > 0 && bytes[field.lowerBound - 1] == quote
        guard isQuoted, field.contains(where: { bytes[$0] == quote }) else {
            return interner.intern(bytes, field)
        }
        var unescaped: [UInt8] = []
        var index = field.lowerBound
        while index < field.upperBound {
            unescaped.append(bytes[index])
            // All quotes in a quoted field are doubled.
            index += bytes[index] == quote ? 2 : 1
        }
        return interner.intern(unescaped.span, 0..<unescaped.count)
    }
}

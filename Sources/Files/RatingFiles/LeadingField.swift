import LinearAlgebra

/// The leading integer of a plain line, with its delimiter.
///
/// Most files group lines by user, so a field equal to the last one is not parsed again.
struct LeadingField {
    private(set) var number = 0
    /// The length of number and delimiter in bytes.
    private(set) var length = 0
    /// These bytes, if they fit into a word; the mask is zero elsewhere.
    private var word: UInt64 = 1
    private var mask: UInt64 = 0

    /// - Returns: false if the line at this place is not plain.
    @inline(__always)
    mutating func read(_ bytes: Span<UInt8>, at start: Int, _ delimiter: Delimiter) -> Bool {
        bytes.word(at: start) & mask == word || readAnother(bytes, at: start, delimiter)
    }

    private mutating func readAnother(_ bytes: Span<UInt8>, at start: Int, _ delimiter: Delimiter) -> Bool {
        let digits = DecimalDigits(bytes, at: start)
        guard digits.isPlain(bytes, at: start),
            delimiter.stands(at: start + digits.count, in: bytes, before: bytes.count)
        else { return false }
        number = digits.value
        length = digits.count + delimiter.length
        mask = length <= 8 ? .max >> UInt64(64 - 8 * length) : 0
        word = length <= 8 ? bytes.word(at: start) & mask : 1
        return true
    }
}

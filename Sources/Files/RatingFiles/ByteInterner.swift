/// Numbers the distinct ids of a column as they come, without a `String` for each field.
///
/// A hash table with open addressing over the bytes themselves, which are kept once for each distinct id, and before it a
/// plain table of the ids that are small whole numbers.
struct ByteInterner: Sendable {
    /// The bytes of all distinct ids, one after the other.
    private var pool: [UInt8] = []
    /// Where each id ends in the pool.
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// The id in each slot, or -1; the number of slots is a power of two, at least twice that of the ids.
    private var slots: [Int32] = Array(repeating: -1, count: 1024)
    /// The id that a whole number spells, or -1.
    private var numbers: [Int32] = []
    /// Larger numbers are left to the hash table: 16 MiB are enough for a plain one.
    private static let numberBound = 1 << 22

    /// The number of the id that stands at a place in `bytes`.
    mutating func intern(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int32 {
        let hash = Self.hash(bytes, range)
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let id = Int(slots[slot])
            if hashes[id] == hash, isEqual(id, bytes, range) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        let id = Int32(ends.count)
        for index in range { pool.append(bytes[index]) }
        ends.append(pool.count)
        hashes.append(hash)
        slots[slot] = id
        if 2 * ends.count > slots.count { grow() }
        return id
    }

    /// The number of the id that spells a whole number.
    ///
    /// - Parameter start: where its digits begin.
    @inline(__always)
    mutating func intern(_ number: Int, _ bytes: Span<UInt8>, at start: Int) -> Int32 {
        if number < numbers.count, numbers[number] >= 0 { return numbers[number] }
        return intern(unknown: number, bytes, at: start)
    }

    @inline(never)
    private mutating func intern(unknown number: Int, _ bytes: Span<UInt8>, at start: Int) -> Int32 {
        let id = intern(bytes, start..<start + DecimalDigits(bytes, at: start).count)
        if number < Self.numberBound { remember(number, id) }
        return id
    }

    private mutating func remember(_ number: Int, _ id: Int32) {
        if number >= numbers.count {
            numbers += repeatElement(-1, count: max(1024, 2 * number) - numbers.count)
        }
        numbers[number] = id
    }

    /// The distinct ids in the order of their numbers: UTF-8 where their bytes are, else Latin-1.
    var ids: [String] {
        ends.indices.map { id in
            let bytes = pool[(id == 0 ? 0 : ends[id - 1])..<ends[id]]
            return String(validating: bytes, as: UTF8.self)
                ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        }
    }

    private func isEqual(_ id: Int, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let start = id == 0 ? 0 : ends[id - 1]
        guard ends[id] - start == range.count else { return false }
        for offset in 0..<range.count where pool[start + offset] != bytes[range.lowerBound + offset] {
            return false
        }
        return true
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: 2 * slots.count)
        for (id, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(id)
        }
    }

    /// FNV-1a with a final mix, since only the low bits choose the slot.
    private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 32)
    }
}

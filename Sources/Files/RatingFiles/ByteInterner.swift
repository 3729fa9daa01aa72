/// Numbers the distinct IDs of a column in order of appearance, without a `String` per field.
///
/// An open-addressing hash table over the bytes, stored once per distinct ID, with a direct table for small integers in
/// front.
struct ByteInterner: Sendable {
    /// The concatenated bytes of all distinct IDs.
    private var pool: [UInt8] = []
    /// The end of each ID in the pool.
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// The ID in each slot, or -1; the number of slots is a power of two, at least twice the number of IDs.
    private var slots: [Int32] = Array(repeating: -1, count: 1024)
    /// The ID of each small integer, or -1.
    private var numbers: [Int32] = []
    /// Larger numbers go to the hash table; the direct table is limited to 16 MiB.
    private static let numberBound = 1 << 22

    /// The number of the ID at a place in `bytes`.
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

    /// The number of an integer ID.
    ///
    /// - Parameter start: the start of its digits.
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

    /// The distinct IDs by number, and the encodings that they are in.
    var texts: (ids: [String], encoding: TextEncoding) {
        var encoding = TextEncoding.utf8
        let ids = ends.indices.map { id in
            let bytes = pool[(id == 0 ? 0 : ends[id - 1])..<ends[id]]
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            encoding = max(encoding, Windows1252.holds(bytes) ? .windows1252 : .unknown)
            return Windows1252.text(bytes)
        }
        return (ids, encoding)
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

    /// FNV-1a with a final mix, since only the low bits select the slot.
    private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
        return hash ^ (hash >> 32)
    }
}

/// A checksum of one row that is kept in it, so that what the disk or another program has altered is not served.
///
/// 31 bits: one alteration in 2³¹ passes. A row without a seal, as earlier versions wrote them, is taken as it is.
struct RowSeal {
    private var state: UInt64 = 0

    /// As the store keeps it: seal(1, 2) is 1389713183.
    var value: Int64 { Int64(state >> 33) }

    mutating func add(_ word: UInt64) { state = Self.mixed(state &+ 0x9E37_79B9_7F4A_7C15 ^ word) }

    mutating func add(_ number: Int64?) {
        add(number == nil ? UInt64(0) : 1)
        if let number { add(UInt64(bitPattern: number)) }
    }

    mutating func add(_ number: Double?) { add(number.map { Int64(bitPattern: $0.bitPattern) }) }

    mutating func add(_ text: String) {
        add(UInt64(text.utf8.count))
        var word: UInt64 = 0
        for (place, byte) in text.utf8.enumerated() {
            word = word << 8 | UInt64(byte)
            if place % 8 == 7 { add(word) }
        }
        add(word)
    }

    /// The last step of SplitMix64 (Steele, Lea and Flood 2014), which maps different words to different words.
    private static func mixed(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

extension RowSeal {
    /// Of a rating, by the numbers of the store.
    static func rating(user: Int64, item: Int64, value: Double, time: Int64?) -> Int64 {
        var seal = RowSeal()
        seal.add(user)
        seal.add(item)
        seal.add(value)
        seal.add(time)
        return seal.value
    }

    /// Of a user or an item.
    static func id(_ number: Int64, _ id: String) -> Int64 {
        var seal = RowSeal()
        seal.add(number)
        seal.add(id)
        return seal.value
    }
}

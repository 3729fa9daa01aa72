import CKindred
import Kindred

extension Vocabulary {
    /// The ids that C gives for the rows or columns of a matrix; "0", "1", … for NULL.
    ///
    /// - Parameters:
    ///   - side: what messages call one: `user` or `item`.
    ///   - count: how many there have to be.
    /// - Throws: `Failure` for another number, bytes that are not UTF-8, and ids that are not distinct or not in order.
    init(_ ids: UnsafePointer<kindred_ids>?, of side: String, count: Int) throws(Failure) {
        guard let ids = unsafe ids?.pointee else {
            self.init(numbered: count)
            return
        }
        guard unsafe ids.count == Int64(count) else {
            throw unsafe .value("there are \(ids.count) \(side) ids for \(count) \(side)s")
        }
        let texts = try unsafe Self.texts(ids, of: side, count: count)
        self.init(texts)
        guard self.count == count else {
            throw .value("two \(side)s have the same id; ids have to be distinct")
        }
        if let place = texts.indices.first(where: { !texts[$0].utf8.elementsEqual(self[$0].utf8) }) {
            throw .value(
                "\(side) ids are not in order: \"\(texts[place])\" is number \(place), where \"\(self[place])\" belongs; sort them "
                    + (isNumeric ? "as numbers" : "by their bytes"))
        }
    }

    private static func texts(_ ids: kindred_ids, of side: String, count: Int) throws(Failure) -> [String] {
        guard let starts = unsafe ids.offsets else { throw .value("the \(side) ids lack their offsets") }
        let offsets = unsafe Array(UnsafeBufferPointer(start: starts, count: count + 1))
        guard offsets[0] == 0 else { throw .value("the first offset of the \(side) ids is \(offsets[0]), not 0") }
        if let place = (0..<count).first(where: { offsets[$0] > offsets[$0 + 1] }) {
            throw .value("the offsets of the \(side) ids descend after number \(place)")
        }
        let bytes = unsafe UnsafeBufferPointer(
            start: ids.bytes, count: unsafe ids.bytes == nil ? 0 : Int(offsets[count]))
        guard bytes.count == Int(offsets[count]) else { throw .value("the \(side) ids lack their bytes") }
        var texts: [String] = []
        texts.reserveCapacity(count)
        for place in 0..<count {
            let part = unsafe bytes[Int(offsets[place])..<Int(offsets[place + 1])]
            guard let text = unsafe String(validating: part.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self) else {
                throw .value("\(side) id number \(place) is not UTF-8")
            }
            texts.append(text)
        }
        return texts
    }
}

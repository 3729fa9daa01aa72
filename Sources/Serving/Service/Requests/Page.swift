import HTTPTypes
import Hummingbird

/// Which part of a long list is asked for.
struct Page {
    /// From 1.
    let number: Int
    let size: Int

    static let largest = 100

    init(_ query: Query) throws(Problem) {
        number = try query.integer("page", in: 1...1_000_000, default: 1)
        size = try query.integer("per_page", in: 1...Self.largest, default: 20)
    }

    var offset: Int { (number - 1) * size }

    func slice<Element>(_ all: some RandomAccessCollection<Element>) -> [Element] {
        Array(all.dropFirst(offset).prefix(size))
    }

    func count(of total: Int) -> Int { max(1, (total + size - 1) / size) }

    /// `Link` of RFC 8288: the first, previous, next and last page.
    func link(_ request: Request, total: Int) -> String {
        let last = count(of: total)
        var targets = [("first", 1)]
        if number > 1 { targets.append(("prev", min(number - 1, last))) }
        if number < last { targets.append(("next", number + 1)) }
        targets.append(("last", last))
        let others = (request.uri.query ?? "").split(separator: "&").filter {
            !$0.hasPrefix("page=") && !$0.hasPrefix("per_page=")
        }
        return targets.map { relation, page in
            let query = (others + ["page=\(page)", "per_page=\(size)"]).joined(separator: "&")
            return "<\(request.uri.path)?\(query)>; rel=\"\(relation)\""
        }.joined(separator: ", ")
    }
}

/// A part of a long list as it is answered.
struct PageMessage<Item: Encodable>: Encodable {
    let items: [Item]
    let page: Int
    let perPage: Int
    let total: Int
    let pages: Int

    init(_ items: [Item], _ page: Page, total: Int) {
        self.items = items
        self.page = page.number
        perPage = page.size
        self.total = total
        pages = page.count(of: total)
    }
}

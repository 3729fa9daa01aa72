import FileOutput
public import Foundation
import Platform

/// The records of an HTTP API that gives a list page by page.
public struct PagedAPI: RecordFeed {
    public let checksum: String
    public let count: Int? = nil
    public private(set) var rejected = 0
    private let first: URL
    private let fetch: @Sendable (URL) async throws -> (body: Data, link: String?)
    /// The page that is being read, and its records.
    private var url: URL?
    private var page: APIPage?
    private var index = 0
    private var records = APIRecords()
    private var visited: Set<URL> = []

    /// - Parameters:
    ///   - address: of the first page.
    ///   - fetch: the body of a page, and its header `Link`.
    /// - Throws: `PublishingError` for what is no address of HTTP.
    public init(
        _ address: String, fetch: @escaping @Sendable (URL) async throws -> (body: Data, link: String?)
    ) throws(PublishingError) {
        guard let url = URL(string: address), ["http", "https"].contains(url.scheme), url.host() != nil else {
            throw .api(
                url: address, problem: "this is no address of HTTP",
                remedy: "It has to begin with https:// or http://.")
        }
        (first, self.url, self.fetch) = (url, url, fetch)
        checksum = sha256(Data(address.utf8)).hexadecimal
    }

    public mutating func go(to place: RecordPlace) {
        // An address that a state file names is held to the same rule as one that a page names.
        url = place.page.flatMap { URL(string: $0) }.flatMap { isSameServer($0) ? $0 : nil } ?? first
        page = nil
        index = place.index
        visited = []
    }

    public mutating func next() async throws -> PlacedRecord? {
        while let url {
            let page = try await currentPage(url)
            while index < page.values.count {
                index += 1
                if let change = records.change(page.values[index - 1]) {
                    return PlacedRecord(change, next: RecordPlace(page: url.absoluteString, index: index))
                }
                rejected += 1
            }
            try turn(page, url)
        }
        return nil
    }

    private mutating func currentPage(_ url: URL) async throws -> APIPage {
        if let page { return page }
        let (body, link) = try await fetch(url)
        let page = try APIPage(body, of: url, link: link)
        visited.insert(url)
        self.page = page
        return page
    }

    private mutating func turn(_ page: APIPage, _ url: URL) throws(PublishingError) {
        (self.page, index) = (nil, 0)
        self.url = page.next
        guard let next = page.next else { return }
        guard isSameServer(next) else {
            throw .api(
                url: url.absoluteString, problem: "the next page is of another server: \(next.absoluteString)",
                remedy: "Name that address if it is meant.")
        }
        guard !visited.contains(next) else {
            throw .api(
                url: url.absoluteString, problem: "the next page was read before: \(next.absoluteString)",
                remedy: "The pages of this list have no end; check the address.")
        }
    }

    private func isSameServer(_ url: URL) -> Bool {
        (url.scheme, url.host(), url.port) == (first.scheme, first.host(), first.port)
    }
}

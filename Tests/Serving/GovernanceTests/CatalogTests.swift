import FileOutput
import Foundation
import Governance
import Store
import TestSupport
import Testing

struct CatalogTests {
    private let sample: CatalogSample

    init() throws { sample = try CatalogSample() }

    @Test func `columns of people are counted, and their values are not shown`() throws {
        try sample.rate(4, by: 1...7, "one")
        let id = try #require(try sample.variable("users", "id"))
        #expect(id.isPersonal && id.nulls == 0 && id.distinct == 7)
        #expect(id.least == nil && id.most == nil && id.histogram.isEmpty)
        let user = try #require(try sample.variable("ratings", "user"))
        #expect(user.isPersonal && user.distinct == 7 && user.least == nil && user.histogram.isEmpty)
    }

    @Test func `a histogram shows groups of five users, and the range is that of the groups`() throws {
        try sample.rate(4, by: 1...7, "one")
        try sample.rate(3, by: 8...12, "two")
        let value = try #require(try sample.variable("ratings", "value"))
        #expect(value.histogram.map(\.label) == ["3", "4"] && value.histogram.map(\.count) == [5, 7])
        #expect(value.least == 3 && value.most == 4 && value.hiddenGroups == 0)
    }

    /// 5 + 7 of 14 ratings would say that the third value has 2.
    @Test func `a single small group hides the next smallest, whose size would give it away`() throws {
        try sample.rate(4, by: 1...7, "one")
        try sample.rate(3, by: 8...12, "two")
        try sample.rate(0.5, by: 13...14, "three")
        let value = try #require(try sample.variable("ratings", "value"))
        #expect(value.histogram.map(\.count) == [7] && value.hiddenGroups == 2)
        #expect(value.least == 4 && value.most == 4)
    }

    @Test func `many ratings of one user are no group`() throws {
        try sample.add((1...9).map { ("loud", "\($0)", 1) }, "one")
        let value = try #require(try sample.variable("ratings", "value"))
        #expect(value.histogram.isEmpty && value.least == nil)
    }

    @Test func `no form of the catalogue holds an id of a user`() throws {
        try sample.add((1...9).map { ("marked-\($0)-user", "\($0 % 3)", 1) }, "one")
        let folder = try OutputFolder(sample.scratch.path("out"))
        try sample.catalog().write(to: folder, data: nil)
        try folder.commit()
        let files = sample.scratch.contents.filter { $0.key.hasPrefix("out/") }
        #expect(files.count > 8)
        for (name, bytes) in files {
            #expect(!String(decoding: bytes, as: UTF8.self).contains("marked"), "\(name)")
        }
    }

    @Test func `the same store gives the same bytes`() throws {
        try sample.rate(4, by: 1...7, "one")
        var written: [[String: Data]] = []
        for name in ["first", "second"] {
            let checks = try sample.store.checkQuality(now: CatalogSample.now)
            try sample.store.save(checks)
            let folder = try OutputFolder(sample.scratch.path(name))
            try sample.catalog().write(to: folder, data: nil)
            try folder.commit()
            let files = sample.scratch.contents.filter { $0.key.hasPrefix(name + "/") }
            written.append(
                Dictionary(uniqueKeysWithValues: files.map { (String($0.key.dropFirst(name.count)), $0.value) }))
        }
        #expect(written[0] == written[1] && written[0].count > 8)
    }

    @Test func `sources have their terms, and every relation of the guide its columns`() throws {
        try sample.add(
            [("a", "1", 4)], "one", terms: SourceTerms(bytes: 12, licence: "free <for> all", citation: "A. Author"))
        let catalog = try sample.catalog()
        #expect(catalog.sources.map(\.bytes) == [12] && catalog.sources.map(\.licence) == ["free <for> all"])
        #expect(Set(catalog.relations.map(\.name)).isSuperset(of: ["ratings", "users", "top_items", "quality_checks"]))
        for relation in catalog.relations {
            #expect(!relation.variables.isEmpty && !relation.definition.isEmpty, "\(relation.name)")
        }
    }

    @Test func `columns of views name the columns of tables that they show`() throws {
        try sample.rate(4, by: 1...7, "one")
        #expect(try sample.variable("active_users", "id")?.sources == ["users.id"])
        #expect(try sample.variable("top_items", "average")?.sources == ["ratings.value"])
        #expect(try sample.variable("top_items", "ratings")?.sources == ["ratings.item", "ratings.user"])
    }
}

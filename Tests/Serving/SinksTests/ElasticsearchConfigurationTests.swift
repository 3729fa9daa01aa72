import FileOutput
import Foundation
import Sinks
import TestSupport
import Testing

struct ElasticsearchConfigurationTests {
    @Test(arguments: [
        "localhost:9200", "ftp://a", "http://", "http://u:p@a:9200", "http://a:9200/?q=1", "http://a#b",
    ])
    func `other addresses are refused`(_ url: String) {
        #expect(throws: ElasticsearchError.self) { try ElasticsearchConfiguration(url: url) }
    }

    @Test func `a password in an address is not repeated`() {
        let error = #expect(throws: ElasticsearchError.self) {
            try ElasticsearchConfiguration(url: "http://u:geheim@a:9200")
        }
        #expect(error?.description.contains("geheim") == false)
    }

    @Test(arguments: ["", "A", "-a", "_a", "a b", "a*", "a/b", "a,b", "a:b", "ä*"])
    func `prefixes that no index may have are refused`(_ prefix: String) {
        #expect(throws: ElasticsearchError.self) { try ElasticsearchConfiguration(url: "http://a", prefix: prefix) }
    }

    @Test func `the address ends without a slash`() throws {
        #expect(try ElasticsearchConfiguration(url: "https://a:9200/es//").url == "https://a:9200/es")
    }

    @Test func `secrets are the first line of a file`() throws {
        let scratch = try Scratch()
        try scratch.write("key", " abc== \r\nmore\n")
        try scratch.write("empty", "\nabc")
        #expect(try ElasticsearchConfiguration.secret(inFile: scratch.path("key")) == "abc==")
        #expect(throws: InputError.self) { try ElasticsearchConfiguration.secret(inFile: scratch.path("empty")) }
        #expect(throws: InputError.self) { try ElasticsearchConfiguration.secret(inFile: scratch.path("none")) }
    }
}

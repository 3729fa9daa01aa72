import FileOutput
import Testing

struct XMLTextTests {
    @Test func `markup is escaped`() {
        #expect(xmlText("<a href=\"x\">&</a>") == "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;")
    }

    /// In an attribute they would come back as spaces.
    @Test func `tabs and line breaks are references`() {
        #expect(xmlText("a\tb\nc\rd\r\ne") == "a&#9;b&#10;c&#13;d&#13;&#10;e")
    }

    @Test func `what XML cannot hold is replaced`() {
        #expect(xmlText("a\u{0}b\u{1B}c\u{FFFE}d\u{FFFF}") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}")
        #expect(xmlText("\u{7F}\u{85}\u{2028}😀") == "\u{7F}\u{85}\u{2028}😀")
    }
}

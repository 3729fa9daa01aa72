import FileOutput
import Testing

struct CSVFieldTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("a \"b\"", "\"a \"\"b\"\"\""), ("a\r\nb", "\"a\r\nb\""), ("", ""),
        (" a", "\" a\""), ("a\t", "\"a\t\""), ("a b", "a b"),
    ])
    func `a field has quotes where it needs them`(_ text: String, _ field: String) {
        #expect(csvField(text) == field)
    }

    @Test func `a quote with an accent is doubled as well`() {
        #expect(Array(csvField("\"\u{301}").unicodeScalars) == Array("\"\"\"\u{301}\"".unicodeScalars))
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd", "'+cmd"), ("-a", "'-a"), ("\tx", "'\tx"),
        ("\rx", "\"'\rx\""), ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
        // Numbers, and cells that only hold such a character.
        ("-1", "-1"), ("+1.5e3", "+1.5e3"), ("a=b", "a=b"), ("'=1", "'=1"), ("", ""),
    ])
    func `a formula gets an apostrophe where that is asked for`(_ text: String, _ field: String) {
        #expect(csvField(text, isSpreadsheetSafe: true) == field)
        #expect(!csvField(text).hasPrefix("'=1+") && !csvField(text).hasPrefix("'@"))
    }
}

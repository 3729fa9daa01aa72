import FileOutput
import Testing

struct CSVFieldTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("a \"b\"", "\"a \"\"b\"\"\""), ("a\r\nb", "\"a\r\nb\""), ("", ""),
    ])
    func `a field has quotes where it needs them`(_ text: String, _ field: String) {
        #expect(csvField(text) == field)
    }

    @Test func `a quote with an accent is doubled as well`() {
        #expect(Array(csvField("\"\u{301}").unicodeScalars) == Array("\"\"\"\u{301}\"".unicodeScalars))
    }
}

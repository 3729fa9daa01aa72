import FileOutput
import Testing

struct TerminalTextTests {
    @Test func `control characters are shown as symbols`() {
        #expect("\u{1B}[2Jclear\u{7}".visible() == "␛[2Jclear␇")
        #expect("a\r\nb\t\u{7F}\u{9B}31m".visible() == "a␍␊b␉␡\u{FFFD}31m")
    }

    @Test func `overrides of direction are shown`() {
        #expect("x\u{202E}evil\u{2066}\u{2069}".visible() == "x\u{FFFD}evil\u{FFFD}\u{FFFD}")
    }

    @Test func `lines of a page stay`() { #expect("a\nb\u{B}".visible(keepsLines: true) == "a\nb␋") }

    @Test func `other text stays`() {
        for text in ["", "Schindler's List (1993)", "مرحبا", "👨‍👩‍👧", "e\u{301}", "no\u{A0}break"] {
            #expect(text.visible() == text)
        }
    }

    @Test func `a long text is truncated`() {
        #expect("0123456789".visible(widest: 5) == "0123…" && "01234".visible(widest: 5) == "01234")
    }
}

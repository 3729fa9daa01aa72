extension String {
    /// The text as a terminal may print it: control characters, which move the cursor, set colors or run commands, and
    /// characters that reverse the direction of what follows are shown as symbols.
    ///
    /// `"\u{1B}[2J"` becomes `"␛[2J"`. Data in files stays as it is.
    ///
    /// - Parameter keepsLines: whether line breaks stay; in a cell of a table they are control characters too.
    package func visible(keepsLines: Bool = false) -> String {
        guard unicodeScalars.contains(where: \.isUnseen) else { return self }
        var text = UnicodeScalarView()
        for scalar in unicodeScalars {
            text.append(scalar == "\n" && keepsLines ? scalar : scalar.symbol)
        }
        return String(text)
    }
}

extension String {
    /// The text on one line of a terminal, at most so many characters of it.
    package func visible(widest: Int) -> String {
        let line = visible()
        return line.count > widest ? String(line.prefix(widest - 1)) + "…" : line
    }
}

extension Unicode.Scalar {
    /// C0, DEL and C1; embeddings, overrides and isolates of direction; separators of lines and paragraphs.
    package var isUnseen: Bool {
        switch value {
        case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Itself, or the picture of a control character, of which C1 and the others have none.
    fileprivate var symbol: Unicode.Scalar {
        switch value {
        case 0..<0x20: Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        default: isUnseen ? "\u{FFFD}" : self
        }
    }
}

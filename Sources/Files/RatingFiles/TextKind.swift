import FileOutput

/// What the first bytes of a file say about how to read it.
enum TextKind: Equatable {
    case plain
    /// Lines that end at CR alone.
    case carriageReturns
    case encoded(String)

    /// As many bytes are looked at.
    static let headCount = 65_536

    /// - Throws: `InputError` for what is no text, with what converts it.
    init(_ head: [UInt8], path: String, encoding: String?) throws(InputError) {
        if let encoding {
            self = .encoded(encoding)
            return
        }
        if let format = Self.formats.first(where: { $0.matches(head) }) {
            throw InputError(file: path, problem: "the file is \(format.name)", remedy: format.remedy)
        }
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
            self = .encoded("UTF-16")
            return
        }
        if let place = head.firstIndex(of: 0) {
            throw InputError(
                file: path, problem: "binary file: NUL at byte \(place)",
                remedy: "Expected text with one rating per line. If it is UTF-16 without a mark, name the encoding.",
                topic: .encoding)
        }
        self = !head.contains(UInt8(ascii: "\n")) && head.contains(UInt8(ascii: "\r")) ? .carriageReturns : .plain
    }

    /// A format that is not read, by its first bytes.
    private struct Format {
        let name: String
        let magic: [UInt8]
        var offset = 0
        let remedy: String

        func matches(_ head: [UInt8]) -> Bool { head.dropFirst(offset).starts(with: magic) }
    }

    static func pandas(_ read: String) -> String {
        "Convert it: python3 -c \"import pandas as p; p.\(read).to_csv('ratings.csv', index=False)\""
    }

    private static let formats = [
        Format(name: "Parquet", magic: Array("PAR1".utf8), remedy: pandas("read_parquet('FILE')")),
        Format(name: "Feather (Arrow)", magic: Array("ARROW1".utf8), remedy: pandas("read_feather('FILE')")),
        Format(name: "Feather", magic: Array("FEA1".utf8), remedy: pandas("read_feather('FILE')")),
        Format(name: "ORC", magic: Array("ORC".utf8), remedy: pandas("read_orc('FILE')")),
        Format(
            name: "an Avro file", magic: Array("Obj\u{1}".utf8),
            remedy: "Convert it to JSON lines: avro-tools tojson FILE > ratings.jsonl"),
        Format(name: "HDF5", magic: [0x89] + Array("HDF".utf8), remedy: pandas("read_hdf('FILE')")),
        Format(
            name: "a NumPy array", magic: [0x93] + Array("NUMPY".utf8),
            remedy: "Write one rating per line: numpy.savetxt('ratings.csv', numpy.load('FILE'), '%.9g', ',')"),
        Format(
            name: "an old Excel workbook", magic: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            remedy: pandas("read_excel('FILE')")),
        Format(
            name: "an SQLite database", magic: Array("SQLite format 3\0".utf8),
            remedy:
                "Write its ratings as CSV: sqlite3 -csv -header FILE 'SELECT user, item, rating FROM …' > ratings.csv"),
        Format(name: "a PDF", magic: Array("%PDF-".utf8), remedy: "Expected text with one rating per line."),
        Format(
            name: "an R data file", magic: Array("RDX".utf8),
            remedy: "Write it as CSV in R: write.csv(ratings, \"ratings.csv\", row.names = FALSE)"),
    ]
}

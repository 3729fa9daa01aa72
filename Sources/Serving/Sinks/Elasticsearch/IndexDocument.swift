import FileOutput

/// A document under construction: an object of JSON on one line. What is nil, infinite or no number has no field.
struct IndexDocument {
    private var line: [UInt8] = [UInt8(ascii: "{")]

    /// The whole line, without its break.
    var bytes: [UInt8] { line + [UInt8(ascii: "}")] }

    mutating func add(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        begin(name)
        line.append(json: text)
    }

    mutating func add(_ name: StaticString, _ texts: [String]) {
        begin(name)
        line.append(UInt8(ascii: "["))
        for (place, text) in texts.enumerated() {
            if place > 0 { line.append(UInt8(ascii: ",")) }
            line.append(json: text)
        }
        line.append(UInt8(ascii: "]"))
    }

    mutating func add(_ name: StaticString, _ number: (some FixedWidthInteger)?) {
        guard let number else { return }
        begin(name)
        line.append(decimal: number)
    }

    /// In the fewest digits that give the same `Float`: 3.5, 3 without a fraction.
    mutating func add(_ name: StaticString, _ number: Float?) {
        guard let number, number.isFinite else { return }
        begin(name)
        if number == number.rounded(), abs(number) < 1e9 {
            line.append(decimal: Int(number))
        } else {
            line.append(shortest: number)
        }
    }

    private mutating func begin(_ name: StaticString) {
        if line.count > 1 { line.append(UInt8(ascii: ",")) }
        line.append(UInt8(ascii: "\""))
        line.append(contentsOf: name.description.utf8)
        line.append(contentsOf: "\":".utf8)
    }
}

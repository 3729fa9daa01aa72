import FileOutput
import LinearAlgebra
import ModelFiles
import TestSupport
import Testing

/// A damaged model gives an error that names the file, never a crash or a different model.
struct ModelDamageTests {
    private func refusal(_ saved: SavedModel, _ name: String, _ damage: String = "") throws -> InputError {
        let error = try #require(throws: InputError.self, "\(name) \(damage)") { _ = try saved.reload() }
        #expect(error.file == saved.path(name) && !error.remedy.isEmpty, "\(error)")
        return error
    }

    @Test(arguments: ModelSample.allFiles)
    func `truncated files and flipped bits are rejected`(_ sample: ModelSample) throws {
        let saved = try SavedModel(sample)
        var generator = SeededGenerator(seed: 17)
        for name in try saved.files {
            let whole = try saved.bytes(name)
            for length in [0, 1, 9, 10, 40, whole.count / 2, whole.count - 1] {
                try saved.replace(name, by: Array(whole.prefix(length)))
                _ = try refusal(saved, name, "truncated to \(length) bytes")
            }
            for _ in 0..<12 {
                let place = generator.next(below: whole.count)
                var flipped = whole
                flipped[place] ^= UInt8(1 << generator.next(below: 8))
                try saved.replace(name, by: flipped)
                _ = try refusal(saved, name, "byte \(place) is \(flipped[place]), not \(whole[place])")
            }
            try saved.remove(name)
            #expect(try refusal(saved, name).problem.contains("no such file"))
            try saved.replace(name, by: whole)
        }
        #expect(try saved.reload().answers() == saved.model.answers())
    }

    /// Checksums are recomputed, so that the damage itself is detected. Repaired, the model reloads.
    @Test(arguments: ModelSample.allFiles)
    func `malformed arrays with valid checksums are rejected`(_ sample: ModelSample) throws {
        let saved = try SavedModel(sample)
        for name in try saved.arrays {
            let whole = try saved.bytes(name)
            let payload = whole[(10 + Int(whole[8]))...]
            let type = whole.contains("<i8".utf8) ? "<i8" : "<f4"
            let values = payload.count / (type == "<i8" ? 8 : 4)
            let nan: [UInt8] = [0, 0, 0xC0, 0x7F]
            var damages: [(bytes: [UInt8], problem: String)] = [
                ([], "is not an NPY file"), (Array(whole.prefix(40)), "its header is truncated"),
                (whole.dropLast(3), "bytes of data"), (npy([values + 1], payload, type: type), "bytes of data"),
                (npy([1, 1, values], payload, type: type), "its shape is [1, 1, \(values)], not"),
                (npy([.max, 2], payload, type: type), "its shape is too large"),
                (
                    npy(try saved.shape(name), type == "<i8" ? payload : payload + payload, type: "<f8"),
                    "its type is <f8, not"
                ),
            ]
            if type == "<f4" { damages.append((whole.dropLast(4) + nan, "not finite")) }
            for (bytes, problem) in damages {
                try saved.replace(name, by: bytes)
                try saved.mend()
                let error = try refusal(saved, name, problem)
                #expect(error.problem.contains(problem), "\(error)")
            }
            try saved.replace(name, by: whole)
            try saved.mend()
        }
        #expect(try saved.reload().answers() == saved.model.answers())
    }

    @Test func `offsets that do not ascend are rejected`() throws {
        let saved = try SavedModel(.features)
        let whole = try saved.bytes("hour_offsets.npy")
        for place in [whole.count - 8, whole.count - 9, whole.count - 25 * 8] {
            var damaged = whole
            damaged[place] ^= 0x40
            try saved.replace("hour_offsets.npy", by: damaged)
            try saved.mend()
            #expect(try refusal(saved, "hour_offsets.npy").problem == "its offsets are invalid")
        }
    }

    /// Checksums are recomputed; a field is missing or invalid.
    @Test(arguments: ModelSample.allCases)
    func `invalid model descriptions are rejected`(_ sample: ModelSample) throws {
        let saved = try SavedModel(sample)
        let whole = try saved.bytes("model.json")
        func description(_ change: (inout [String: Any]) -> Void) throws -> String {
            try saved.mend(change)
            defer { try? saved.replace("model.json", by: whole) }
            return try refusal(saved, "model.json").problem
        }
        for field in ["model", "users", "items", "vocabulary_sha256", "numbers", "arrays", "program_version"] {
            #expect(try description { $0[field] = nil } == "a field is missing or has the wrong type", "\(field)")
            #expect(try description { $0[field] = [1] } == "a field is missing or has the wrong type", "\(field)")
        }
        #expect(try description { $0["users"] = 23 }.contains("other users or items"))
        if sample == .implicit {
            #expect(try description { $0["scale"] = nil } == "it has no scale")
        } else {
            #expect(try description { $0["numbers"] = [:] as [String: Double] }.hasSuffix(" is missing or invalid"))
        }
        if sample == .als {
            for restarts in [1e300, 1e15, -1, 0, 0.5] {
                #expect(
                    try description { $0["numbers"] = ["mean": 3, "restarts": restarts] }
                        == "its number restarts is missing or invalid"
                )
            }
        }
        let text = String(decoding: whole, as: UTF8.self)
        for other in ["own-sha256", "own_sha256\" : \"\", \"x"] {
            try saved.replace("model.json", by: Array(text.replacing("own_sha256", with: other).utf8))
            _ = try refusal(saved, "model.json", other)
        }
        for text in ["", "[]", "{}", "kindred", "{\"format\": \"kindred-model\"}"] {
            try saved.replace("model.json", by: Array(text.utf8))
            #expect(try refusal(saved, "model.json").problem == "it is not the description of a model")
        }
    }

    /// Checksums are recomputed: what is finite and in no model.
    @Test("15.5: numbers that no model has are rejected", arguments: ModelSample.allFiles)
    func numbersThatNoModelHas(_ sample: ModelSample) throws {
        let saved = try SavedModel(sample)
        for name in try saved.arrays {
            let whole = try saved.bytes(name)
            guard !whole.contains("<i8".utf8) else { continue }
            for number: Float in [1e30, -1e30, .greatestFiniteMagnitude] {
                let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> UInt32(8 * $0)) }
                try saved.replace(name, by: whole.dropLast(4) + bytes)
                try saved.mend()
                #expect(try refusal(saved, name, "\(number)").problem.contains("that no model has"))
            }
            try saved.replace(name, by: whole)
        }
        let numbers = try saved.numbers()
        // The threshold of likes is there for other programs, and read from the configuration.
        for name in numbers.keys where name != "relevant" {
            // Only the mean may be about 0, and only a variance that nothing is divided by may be 0.
            for number in [1e30, -1e30, 1e300, -1, Double.leastNonzeroMagnitude]
            where
                !(name == "mean" && abs(number) <= 1
                || name == "unseen_hour_variance" && number == .leastNonzeroMagnitude)
            {
                try saved.mend { manifest in manifest["numbers"] = numbers.merging([name: number]) { $1 } }
                #expect(try refusal(saved, "model.json", "\(name) \(number)").problem.contains("its number \(name)"))
            }
        }
        for scale in [
            ["minimum": -1e30, "maximum": 1e30], ["minimum": 5, "maximum": 1], ["minimum": 1, "maximum": 5, "step": 0],
        ] {
            try saved.mend { manifest in
                manifest["numbers"] = numbers
                manifest["scale"] = scale
            }
            #expect(try refusal(saved, "model.json").problem == "its scale is invalid")
        }
    }

    /// Checksums are recomputed; the configuration is that of another model or out of range.
    @Test(arguments: ModelSample.allCases)
    func `invalid configurations are rejected`(_ sample: ModelSample) throws {
        let saved = try SavedModel(sample)
        let whole = String(decoding: try saved.bytes("configuration.json"), as: UTF8.self)
        let other = try SavedModel(sample == .implicit ? .als : .implicit).bytes("configuration.json")
        let damages =
            ["", "[]", "{}", "rank: 3", whole.replacing("\"seed\"", with: "\"sead\"")]
            + [-1, 0, 513, Int.max]
            .map { whole.replacing("\"rank\" : 3", with: "\"rank\" : \($0)") }
        for damaged in damages.map({ Array($0.utf8) }) + [other] {
            try saved.replace("configuration.json", by: damaged)
            try saved.mend()
            #expect(try refusal(saved, "configuration.json").problem.contains("is not the configuration of"))
        }
        try saved.replace("configuration.json", by: Array(whole.replacing("\"rank\" : 3", with: "\"rank\" : 4").utf8))
        try saved.mend()
        let error = try #require(throws: InputError.self) { _ = try saved.reload() }
        #expect(error.file.hasSuffix(".npy") && error.problem.contains("its shape is"))
    }
}

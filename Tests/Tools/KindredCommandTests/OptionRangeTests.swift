import Foundation
import TestSupport
import Testing

/// Every option of every command with values that no one means, by the parser's own list: a message or a result, never a trap
/// or a run without end.
struct OptionRangeTests {
    private static let values = [
        "0", "-1", "\(Int.max)", "nan", "inf", "1e18", "1e30", "1e-30", "", "-0",
    ]

    /// What a command is run with beside the option, on a source and a store in the folder it runs in.
    private static let lines: [String: String] = [
        "graph": "r.csv --output o --quiet", "neighbors": "r.csv --user 1", "train": "r.csv --output o --quiet",
        "recommend": "r.csv --user 1 --model als", "compare": "r.csv --output o --models als,knn --quiet",
        "tune": "r.csv --output o --models als --trials 1 --holdout 0.3 --quiet",
        "replay": "r.csv --output o --restarts 1 --quiet",
        "watch": "in --store w.sqlite --once --settle 0.01 --quiet", "publish": "r.csv --quiet",
        "index": "s.sqlite --elasticsearch http://127.0.0.1:1 --quiet",
        "consume": "--store c.sqlite --kafka 127.0.0.1:1 --quiet",
        "import": "r.csv --store i.sqlite --quiet", "sql": "s.sqlite VALUES(1)", "analytics": "s.sqlite --output o",
        "catalog": "s.sqlite --output o --quiet",
        "serve": "--store s.sqlite --port 0 --models popularity --compare none --quiet",
        "privacy budget": "s.sqlite",
        "privacy publish": "s.sqlite --view rating_distribution --epsilon 1 --output p.csv --quiet",
        "keys add": "k.sqlite --name a --role read", "keys list": "s.sqlite", "keys remove": "s.sqlite --name a",
        "privacy record": "s.sqlite --output o", "privacy sweep": "s.sqlite",
        "privacy consent": "s.sqlite --user 1", "privacy restrict": "s.sqlite --user 1",
        "privacy object": "s.sqlite --user 1", "privacy rotate": "s.sqlite --key-file k --new-key-file l",
        "privacy access": "s.sqlite --user 1 --output a.zip",
        "privacy rectify": "s.sqlite --user 1 --item 1 --rating 3", "privacy erase": "s.sqlite --user 1 --quiet",
        "audit verify": "s.sqlite", "audit show": "s.sqlite",
        "spark package": "--output p --worker /bin/true --quiet",
        "generate": "30x20x200 --output g.csv --quiet", "fetch": "ml-100k --mirror http://127.0.0.1:1", "version": "",
    ]

    @Test("15.5: no option traps on any value", arguments: lines.keys.sorted())
    func noOptionTraps(_ name: String) throws {
        let scratch = try Scratch()
        let rows = (0..<96).map { "\($0 / 8),\($0 % 8 + ($0 < 48 ? 0 : 6)),\(1 + $0 * 7 % 5),\(1_000_000_000 + $0)\n" }
        try scratch.write("r.csv", "userId,movieId,rating,timestamp\n" + rows.joined())
        #expect(try Program.run("import", "r.csv", "--store", "s.sqlite", "--quiet", in: scratch.url).status == 0)
        try scratch.write("in/r.csv", "userId,movieId,rating,timestamp\n" + rows.joined())
        let command = try #require(try Listed.program.commands[name])
        for option in command.arguments where option.kind != "flag" {
            for value in option.values(in: name) {
                let arguments = try Self.line(name, option, value)
                let outcome = try Self.run(arguments, in: scratch.url)
                #expect(outcome == nil, "kindred \(arguments.joined(separator: " "))")
            }
        }
    }

    @Test("15.5: help says the range of every number")
    func helpSaysRanges() throws {
        let numbers = ["n", "k", "s", "β", "γ", "λ", "share", "seconds", "bytes", "rating", "least..most", "min..max"]
        for (name, command) in try Listed.program.commands {
            for option in command.arguments where numbers.contains(option.valueName ?? "") && option.flag != "--seed" {
                #expect(option.abstract?.contains(" to ") == true, "\(name) \(option.flag)")
            }
        }
    }

    // MARK: Runs

    private static func line(_ name: String, _ option: Listed.Argument, _ value: String) throws -> [String] {
        var words = try #require(lines[name]).split(separator: " ").map(String.init)
        func drop(_ flag: String) {
            if let place = words.firstIndex(of: flag) { words.removeSubrange(place...place + 1) }
        }
        guard option.kind == "option" else {
            words[option.valueName == "query" ? 1 : 0] = value
            return name.split(separator: " ").map(String.init) + words
        }
        drop(option.flag)
        // What goes with one of several.
        if ["--folds", "--leave-last-out", "--time-split"].contains(option.flag) { drop("--holdout") }
        if ["--rate", "--ratings"].contains(option.flag) { drop("--user") }
        let model = option.model
        for (flag, isMeant) in [("--model", name == "recommend"), ("--models", name == "compare")] where isMeant {
            guard let model, let place = words.firstIndex(of: flag) else { continue }
            words[place + 1] = model
        }
        return name.split(separator: " ").map(String.init) + words + ["\(option.flag)=\(value)"]
    }

    /// - Returns: nil for an end that is fine, or what happened.
    private static func run(_ arguments: [String], in folder: URL) throws -> String? {
        let process = Process()
        process.executableURL = Program.url
        process.arguments = arguments
        process.currentDirectoryURL = folder
        (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Brokers that are none are waited for.
        let isServer = ["serve", "publish", "consume"].contains(arguments[0])
        let limit = ContinuousClock.now + .seconds(isServer ? 1 : 20)
        while process.isRunning, .now < limit { Thread.sleep(forTimeInterval: 0.005) }
        let isStopped = process.isRunning
        if isStopped { process.terminate() }
        let end = ContinuousClock.now + .seconds(20)
        while process.isRunning, .now < end { Thread.sleep(forTimeInterval: 0.01) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        if isStopped { return isServer && process.terminationStatus != SIGKILL ? nil : "still running" }
        guard process.terminationReason == .exit else { return "signal \(process.terminationStatus)" }
        return [0, 1, 64].contains(process.terminationStatus) ? nil : "status \(process.terminationStatus)"
    }

    /// What `--experimental-dump-help` lists.
    private struct Listed: Decodable {
        struct Argument: Decodable {
            struct Name: Decodable { let name: String }

            let kind: String
            let valueName: String?
            let names: [Name]?
            let allValues: [String]?
            let abstract: String?

            var flag: String { names?.last.map { "--\($0.name)" } ?? "" }

            /// The model that an option is for, where a run has to name it.
            var model: String? {
                switch flag {
                case "--samples", "--burn-in": "bayes"
                case "--neighbors", "--min-support", "--shrinkage": "knn"
                case "--rank", "--iterations", "--regularization", "--restarts", "--validation": "als"
                case "--baseline": "knn"
                case "--als", "--bayes", "--knn", "--implicit", "--ease", "--blend": String(flag.dropFirst(2))
                default: nil
                }
            }

            func values(in command: String) -> [String] {
                if allValues != nil { return ["", "-0"] }
                guard valueName == "name=value,…" else { return OptionRangeTests.values }
                let names = (abstract ?? "").split(separator: " ").compactMap { word in
                    word.firstIndex(of: "=").map { String(word[..<$0]) }
                }
                // The same parser and check stand behind each command; one run with all values is enough.
                let values = command == "recommend" ? OptionRangeTests.values : ["\(Int.max)", "nan"]
                return ["", "=", ",", "rank"] + names.flatMap { name in values.map { "\(name)=\($0)" } }
            }
        }

        let commandName: String
        let arguments: [Argument]
        let subcommands: [Listed]?

        private struct Program: Decodable { let command: Listed }

        static var program: Listed {
            get throws {
                let text = try KindredCommandTests.Program.run("--experimental-dump-help").output
                return try JSONDecoder().decode(Program.self, from: Data(text.utf8)).command
            }
        }

        /// Every command by its words, without those that only group others.
        var commands: [String: Listed] {
            var found: [String: Listed] = [:]
            for command in subcommands ?? [] where command.commandName != "help" {
                let inner = (command.subcommands ?? []).filter { $0.commandName != "help" }
                if inner.isEmpty { found[command.commandName] = command }
                for one in inner { found["\(command.commandName) \(one.commandName)"] = one }
            }
            return found
        }
    }
}

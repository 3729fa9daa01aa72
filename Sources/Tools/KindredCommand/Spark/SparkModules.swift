/// The modules of the Python package `kindred_spark`, and the one file that they make: what people hand to `spark-submit`, and
/// what `import kindred_spark` finds beside a program.
package struct SparkModules {
    /// Their names, each after those that it imports from.
    package static let order = [
        "__init__", "errors", "frames", "worker", "storage", "cluster", "columns", "reading", "numbering", "blocks",
        "lists",
        "neighbors", "arrays", "graph", "sides", "fits", "descent", "models", "train", "compare", "options", "__main__",
    ]

    private let modules: [(name: String, module: Module)]

    /// - Parameter modules: names and texts in order. A text is a docstring, then all imports, then the rest. What it takes from
    ///   other modules it names: `from .frames import raw`. No name is given to two things in all modules.
    package init(_ modules: [(name: String, text: String)]) {
        self.modules = modules.map { ($0.name, Module($0.text)) }
    }

    /// The first module's docstring, what is imported from outside, each once, and what else the modules hold, one after the
    /// other: names that they import from each other are all in one file then.
    package var joined: String {
        var parts: [String] = []
        if let first = modules.first?.module { parts.append("\"\"\"\(first.docstring)\"\"\"\n") }
        parts.append("# Made of its modules by `kindred spark package`, in the order of their use.\n")
        parts.append("from __future__ import annotations\n")
        parts.append(Imports(modules.flatMap(\.module.imports)).text)
        for (place, (name, module)) in modules.enumerated() {
            if place > 0 { parts.append("\n# \(name): \(module.docstring)\n\n") }
            parts.append(module.body)
        }
        return parts.joined(separator: "\n")
    }
}

/// The parts of a module's text.
private struct Module {
    /// Without its quotes.
    let docstring: String
    /// The statements, each as one line without parentheses.
    let imports: [String]
    let body: String

    init(_ text: String) {
        let quoted = text.split(separator: "\"\"\"", maxSplits: 2, omittingEmptySubsequences: false)
        docstring = quoted.count == 3 ? String(quoted[1]) : ""
        var lines = (quoted.last ?? "").split(separator: "\n", omittingEmptySubsequences: false)[...]
        var imports: [String] = []
        while let line = lines.first, line.isEmpty || line.hasPrefix("import ") || line.hasPrefix("from ") {
            var statement = lines.removeFirst()[...]
            while statement.contains("("), !statement.contains(")"), let next = lines.popFirst() { statement += next }
            if !statement.isEmpty { imports.append(String(statement.filter { $0 != "(" && $0 != ")" })) }
        }
        self.imports = imports
        body = lines.joined(separator: "\n")
    }
}

/// What modules import from outside of their package.
private struct Imports {
    private var modules: Set<String> = []
    private var names: [String: Set<String>] = [:]

    init(_ statements: [String]) {
        for statement in statements {
            let words = statement.split(separator: " ", maxSplits: 3)
            if words[0] == "import" {
                modules.insert(statement)
            } else if !words[1].hasPrefix("."), words[1] != "__future__" {
                let found = words[3].split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
                names[String(words[1]), default: []].formUnion(found.filter { !$0.isEmpty })
            }
        }
    }

    var text: String {
        let lines = names.sorted { $0.key < $1.key }.map { "from \($0) import \($1.sorted().joined(separator: ", "))" }
        return (modules.sorted() + lines).joined(separator: "\n") + "\n"
    }
}

import Foundation
import KindredCommand
import TestSupport
import Testing

/// The modules of `kindred_spark`, and the one file that they make.
struct SparkModulesTests {
    @Test func `a file has each import once and no module's own`() {
        let first = #"""
            """The whole.

            In lines.
            """

            from .a import f

            __all__ = ["f"]

            """#
        let second = #"""
            """A part."""

            from __future__ import annotations

            import sys
            from typing import (
                Any,
                IO,
            )


            def f():
                import json

            """#
        let third = #"""
            """Another."""

            import pyarrow as pa
            import sys
            from typing import Any

            from .a import f

            x = f()

            """#
        let modules = SparkModules([("__init__", first), ("a", second), ("b", third)])
        #expect(
            modules.joined == """
                \"""The whole.

                In lines.
                \"""

                # Made of its modules by `kindred spark package`, in the order of their use.

                from __future__ import annotations

                import pyarrow as pa
                import sys
                from typing import Any, IO

                __all__ = ["f"]


                # a: A part.


                def f():
                    import json


                # b: Another.


                x = f()

                """)
    }

    @Test func `each module is in the order, after those that it imports from`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: SparkModules.folder.path)
        #expect(names.filter { $0.hasSuffix(".py") }.sorted() == SparkModules.order.map { "\($0).py" }.sorted())
        // What the first takes from all others it gives to those who import the package.
        for (place, name) in SparkModules.order.enumerated().dropFirst() {
            let text = try SparkModules.text(name)
            #expect(!text.contains(/(?m)^ +from \.|^from \. |^from \.\w+ import .* as\b/), "\(name)")
            for found in text.matches(of: /(?m)^from \.(\w+) import/) {
                let other = try #require(SparkModules.order.firstIndex(of: String(found.1)), "\(name)")
                #expect(other < place, "\(name) imports from \(found.1)")
            }
        }
    }

    @Test func `no two things have the same name`() throws {
        var owners: [String: String] = [:]
        for name in SparkModules.order {
            let names = try SparkModules.text(name).matches(
                of: /(?m)^(?:(?:def|class) (\w+)|(\w+(?:, \w+)*)(?:: [^=\n]+)? = )/
            )
            .flatMap { ($0.1 ?? $0.2 ?? "").components(separatedBy: ", ") }
            #expect(!names.isEmpty, "\(name)")
            for own in names {
                if let other = owners.updateValue(name, forKey: own) {
                    #expect(other == name, "\(own) of \(other) and \(name)")
                }
            }
        }
        #expect(owners.count > 100)
        // Nor has anything that of what another module imports.
        for line in try SparkModules.ofProject.joined.matches(of: /(?m)^(?:from \S+ )?import (.*)/) {
            for name in line.1.split(separator: ", ") {
                let short = String(name.split(separator: " as ").last ?? name)
                #expect(owners[short] == nil, "\(short)")
            }
        }
    }

    @Test(.enabled(if: Oracle.has("python3"), "there is no Python to compile with"))
    func `the file is Python`() throws {
        let scratch = try Scratch()
        let path = try scratch.write("kindred_spark.py", try SparkModules.ofProject.joined)
        let compiled = try Program.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["python3", "-W", "error", "-m", "py_compile", path])
        #expect(compiled.status == 0, "\(compiled.errors)")
    }
}

extension SparkModules {
    static let folder = projectRoot.appendingPathComponent("Sources/Tools/KindredCommand/Resources/Spark/kindred_spark")

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent("\(name).py"), encoding: .utf8)
    }

    static var ofProject: SparkModules {
        get throws { SparkModules(try order.map { ($0, try text($0)) }) }
    }
}

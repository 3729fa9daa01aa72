import FileOutput
import Foundation
import Platform

/// A shared library that a program loads.
package struct SharedLibrary: Equatable {
    /// The name by which it is looked for, such as `libopenblas.so.0`.
    package let name: String
    /// The file that was found.
    package let path: String

    /// Whether it is a part of glibc: it has to fit the system's loader, and every system has its own.
    package var isOfCLibrary: Bool {
        let parts = ["libc", "libm", "libpthread", "libdl", "librt", "libmvec", "libresolv", "libutil", "libanl"]
        return name.hasPrefix("ld-") || parts.contains { name.hasPrefix("\($0).so") }
    }

    /// What a program and its libraries load, as the system's loader finds it.
    ///
    /// - Throws: `InputError` where a library is missing.
    static func loaded(by program: String) throws(InputError) -> [SharedLibrary] {
        let path = URL(fileURLWithPath: program).path
        guard let lister = ["/usr/bin/ldd", "/bin/ldd"].first(where: FileManager.default.isExecutableFile),
            let process = try? ChildProcess([lister, path])
        else {
            throw InputError(
                file: "ldd", problem: "the program that lists shared libraries is missing",
                remedy: "Install it; on Debian and Ubuntu it is in libc-bin.")
        }
        let answer = process.answer(to: [], limit: 1 << 20)
        guard answer.ending == .exited(0) else {
            throw InputError(
                file: program, problem: "ldd cannot list its shared libraries",
                remedy: "Name a worker that was built for this system.")
        }
        return try listed(String(decoding: answer.output, as: UTF8.self), program: program)
    }

    /// The libraries in the output of `ldd`: lines such as `libm.so.6 => /lib/libm.so.6 (0x7f00)`.
    package static func listed(_ text: String, program: String) throws(InputError) -> [SharedLibrary] {
        var found: [SharedLibrary] = []
        for line in text.split(separator: "\n") {
            // The loader itself, and what the kernel brings, have no arrow.
            guard let match = line.firstMatch(of: /^\s*(\S+) => (.+?)(?: \(0x[0-9a-f]+\))?\s*$/) else { continue }
            guard match.2.hasPrefix("/") else {
                throw InputError(
                    file: program, problem: "it loads \(match.1), which is \(match.2)",
                    remedy: "Install that library, or name a worker that was built for this system.")
            }
            found.append(SharedLibrary(name: String(match.1), path: String(match.2)))
        }
        return found
    }
}

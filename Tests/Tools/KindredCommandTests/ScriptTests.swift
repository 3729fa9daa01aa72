import Foundation
import TestSupport
import Testing

/// The scripts of the project, by their own tests in `Tests/scripts`.
@Suite(.enabled(if: Oracle.has("python3"), "there is no Python for Tests/scripts"))
struct ScriptTests {
    @Test func `only a toolchain that Swift has signed is unpacked, and an interruption leaves nothing`() throws {
        let test = projectRoot.appendingPathComponent("Tests/scripts/install_swift.py").path
        let outcome = try Program.run(URL(fileURLWithPath: "/usr/bin/env"), ["python3", test])
        #expect(outcome.status == 0, "\(outcome.errors)")
        // Why it has run no test on this system.
        print(outcome.output, terminator: "")
    }
}

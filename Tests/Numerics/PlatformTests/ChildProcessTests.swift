import Foundation
import Platform
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ChildProcessTests {
    init() { prepareStandardStreams() }

    @Test func `15.7: a program gets its input, and its output and exit code come back`() throws {
        let bytes = (0..<1_000_000).map { _ in UInt8.random(in: 32..<127) }
        let copy = try ChildProcess(["/bin/cat"]).answer(to: bytes, limit: 1 << 20)
        #expect(copy.output == bytes && copy.ending == .exited(0))
        #expect(try ChildProcess(["/bin/sh", "-c", "exit 3"]).answer(to: bytes, limit: 0).ending == .exited(3))
    }

    @Test func `15.7: a program that is killed or says too much ends`() throws {
        let sleeping = try ChildProcess(["/bin/sleep", "100"])
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) { sleeping.kill() }
        #expect(sleeping.answer(to: [], limit: 0).ending == .killed)
        sleeping.kill()
        let endless = try ChildProcess(["/bin/cat", "/dev/zero"]).answer(to: [], limit: 1_000_000)
        #expect(endless.ending == .killed && endless.output.count < 2_000_000)
    }

    @Test func `15.7: programs that run at once do not keep each other's pipes`() throws {
        DispatchQueue.concurrentPerform(iterations: 50) { _ in
            let answer = (try? ChildProcess(["/bin/cat"]))?.answer(to: [1, 2, 3], limit: 10)
            #expect(answer?.output == [1, 2, 3])
        }
    }

    @Test func `a program that is not there throws`() {
        #expect(throws: POSIXError.self) { try ChildProcess(["/bin/none"]) }
    }
}

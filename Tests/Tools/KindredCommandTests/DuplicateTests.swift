import Foundation
import TestSupport
import Testing

/// `--duplicates`: what several rows of one user and item come to.
struct DuplicateTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The mean rating of user 1, who has rated item 1 alone, three times.
    private func mean(_ source: String, _ arguments: [String]) throws -> (outcome: Program.Outcome, mean: String?) {
        let outcome = try Program.run(Program.url, ["graph", source, "--output", scratch.path("out")] + arguments)
        guard outcome.status == 0 else { return (outcome, nil) }
        let rows = try String(decoding: scratch.read("out/users.csv"), as: UTF8.self).split(separator: "\n")
        return (outcome, String(rows[1].split(separator: ",")[2]))
    }

    private let rows = ["1,1,4,5\n", "1,1,2,9\n", "2,1,5,1\n", "2,2,1,1\n", "1,1,3,7\n"]

    @Test(arguments: [
        ([], "2.0"), (["last"], "2.0"), (["first"], "4.0"), (["mean"], "3.0"), (["sum"], "9.0"), (["count"], "3.0"),
    ])
    func `repeated ratings follow the option`(_ policy: [String], _ expected: String) throws {
        let option = policy.flatMap { ["--duplicates", $0] }
        for order in [rows, rows.reversed()] {
            let source = try scratch.write("r.csv", "user,item,rating,timestamp\n" + order.joined())
            let (outcome, mean) = try mean(source, option)
            #expect(mean == expected, "\(outcome.errors)")
            let fate =
                ["mean", "sum", "count"].contains(policy.first)
                ? "went into the \(policy[0]) with another" : "replaced by another of the same user and item"
            #expect(outcome.output.contains("duplicates   2 ratings \(fate)"), "\(outcome.output)")
        }
    }

    /// Asked for by name they need times; by default the last row counts, and a note says so.
    @Test func `last and first need times where ratings repeat`() throws {
        let source = try scratch.write("r.csv", "user,item,rating\n1,1,4\n1,1,2\n2,1,5\n2,2,1\n1,1,3\n")
        for policy in ["last", "first"] {
            let outcome = try mean(source, ["--duplicates", policy]).outcome
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(
                outcome.errors.contains(
                    "user 1 rated item 1 3 times, and without timestamps none of these ratings is the \(policy). "
                        + "Name the column of times, or take the mean, sum or count. Type: --duplicates mean, sum or count"
                ),
                "\(outcome.errors)")
            #expect(scratch.names == ["r.csv"])
        }
        let usual = try mean(source, [])
        #expect(usual.mean == "3.0")
        #expect(usual.outcome.errors.contains("note: 2 ratings gave way to a later row of the same user and item"))
        #expect(try !mean(source, ["--duplicates", "sum"]).outcome.errors.contains("gave way"))
        let single = try scratch.write("s.csv", "user,item,rating\n1,1,4\n2,1,3\n")
        for policy in ["last", "first"] { #expect(try mean(single, ["--duplicates", policy]).mean == "4.0") }
        #expect(try !mean(single, []).outcome.errors.contains("gave way"))
    }

    @Test func `an unknown way exits with 64`() throws {
        let outcome = try Program.run("graph", "x", "--output", "o", "--duplicates", "max", in: scratch.url)
        #expect(outcome.status == 64 && outcome.errors.contains("sum"))
    }
}

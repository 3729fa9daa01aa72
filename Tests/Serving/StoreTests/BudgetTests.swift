import Foundation
import GRDB
import Ratings
import Store
import TestSupport
import Testing

struct BudgetTests {
    private func spending(_ epsilon: Double, delta: Double = 0) -> BudgetSpending {
        BudgetSpending(
            time: now, view: "top_items", mechanism: delta > 0 ? .gaussian : .laplace,
            loss: PrivacyLoss(epsilon: epsilon, delta: delta), contributions: 20)
    }

    @Test func `the ledger adds up what is spent, and refuses what would exceed the total`() throws {
        let scratch = try Scratch()
        let store = try Store(scratch.path("s.sqlite"), creates: true)
        let nothing = PrivacyLoss(millionths: 0)
        #expect(throws: StoreError.overBudget(spent: nothing, asked: PrivacyLoss(epsilon: 0.1), total: nothing)) {
            try store.spend(spending(0.1))
        }
        try store.setBudget(PrivacyLoss(epsilon: 1, delta: 1e-6))
        for _ in 0..<10 { try store.spend(spending(0.1)) }
        let refusal = StoreError.overBudget(
            spent: PrivacyLoss(epsilon: 1), asked: PrivacyLoss(epsilon: 0.000_001),
            total: PrivacyLoss(epsilon: 1, delta: 1e-6))
        #expect(throws: refusal) { try store.spend(spending(0.000_001)) }
        #expect("\(refusal)".contains("ε 1.0 of ε 1.0, δ 1e-06 are spent, and ε 1e-06 more were asked for"))
        #expect(try store.budgetSpendings() == Array(repeating: spending(0.1), count: 10))
        try store.setBudget(PrivacyLoss(epsilon: 2, delta: 1e-6))
        try store.spend(spending(0.5, delta: 1e-6))
        #expect(throws: StoreError.self) { try store.spend(spending(0.1, delta: 1e-7)) }
        // A lower total takes nothing back, and lets nothing more through.
        try store.setBudget(PrivacyLoss(epsilon: 0.5))
        #expect(throws: StoreError.self) { try store.spend(spending(0.001)) }
        #expect(try store.budgetSpendings().count == 11)
    }

    @Test func `what is spent cannot be changed or deleted`() throws {
        let scratch = try Scratch()
        let path = scratch.path("s.sqlite")
        let store = try Store(path, creates: true)
        try store.setBudget(PrivacyLoss(epsilon: 1))
        try store.spend(spending(0.5))
        let queue = try DatabaseQueue(path: path)
        for statement in ["UPDATE budget_spendings SET epsilon = 1", "DELETE FROM budget_spendings"] {
            #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: statement) } }
        }
    }

    @Test func `two that spend at once cannot spend the same`() async throws {
        let scratch = try Scratch()
        let path = scratch.path("s.sqlite")
        try Store(path, creates: true).setBudget(PrivacyLoss(epsilon: 1))
        let done = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    guard let store = try? Store(path) else { return 0 }
                    return (0..<5).count { _ in (try? store.spend(spending(0.1))) != nil }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(done == 10)
    }

    @Test func `of each user no more ratings count than are asked for, in cells that do not depend on ratings`() throws
    {
        let scratch = try Scratch()
        let store = try Store(scratch.path("s.sqlite"), creates: true)
        let rows =
            (0..<8).map { ("u", "\($0)", Float(5), now - 864_000 + Int64($0) * 86_400) } + [
                ("v", "0", 1.0, now - 864_000)
            ]
        _ = try store.importFile(
            .rows(
                rows.map { ($0.0, $0.1, $0.2, $0.3) },
                titles: Dictionary(uniqueKeysWithValues: (0..<7).map { ("\($0)", "F") }),
                genres: ["0": ["A", "B"], "1": ["B"]]), scale: 1...5, now: now)
        let values = try store.clippedCounts(.values, contributions: 3)
        #expect(values.cells == ["1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0", "4.5", "5.0"])
        #expect(values.counts == [1, 0, 0, 0, 0, 0, 0, 0, 3])
        #expect(try store.clippedCounts(.values, contributions: 3) == values)
        // Item 7 is known by its rating alone.
        let items = try store.clippedCounts(.items, contributions: 100)
        #expect(items.cells == (0..<7).map(String.init) && items.counts == [2, 1, 1, 1, 1, 1, 1])
        let day = now / 86_400 - 10
        let days = try store.clippedCounts(.days, contributions: 100, days: day - 1...day + 1)
        #expect(days.cells == ["2019-12-21", "2019-12-22", "2019-12-23"] && days.counts == [0, 2, 1])
        #expect(try store.clippedCounts(.genres, contributions: 100).counts == [2, 3])
        #expect(try store.sensitivity(of: .genres, contributions: 3) == 6)
        #expect(try store.sensitivity(of: .days, contributions: 3) == 3)
    }
}

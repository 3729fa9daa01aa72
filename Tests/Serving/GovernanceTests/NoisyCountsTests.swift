import Engine
import FileOutput
import Foundation
import Governance
import LinearAlgebra
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct NoisyCountsTests {
    private let sample: LiveSample
    private var store: Store { sample.store }

    init() throws { sample = try LiveSample() }

    private func counts(_ loss: PrivacyLoss, _ mechanism: BudgetSpending.Mechanism = .laplace) throws -> NoisyCounts {
        try NoisyCounts(.values, mechanism, loss, contributions: 5)
    }

    @Test func `a published table has every cell, and its noise is that of the generator`() throws {
        try store.setBudget(PrivacyLoss(epsilon: 10))
        var counts = try counts(PrivacyLoss(epsilon: 1))
        counts.isClamped = false
        func publish(_ seed: UInt64) throws -> [[DataTable.Value]] {
            var generator = SeededGenerator(seed: seed)
            return try counts.publish(from: store, now: 7, actor: "test", using: &generator).rows
        }
        let (one, again, other) = (try publish(1), try publish(1), try publish(2))
        #expect(one.count == 10 && one == again && one != other)
        let clipped = try store.clippedCounts(.values, contributions: 5)
        #expect(one.map(\.[0]) == clipped.cells.map(DataTable.Value.text))
        let noise = zip(one, clipped.counts).map { ($0[1].integer ?? 0) - $1 }
        #expect(noise.contains { $0 != 0 } && noise.allSatisfy { abs($0) < 200 })
        // The same arguments spend again.
        #expect(try store.budgetSpendings().map(\.loss.epsilon) == [1, 1, 1])
        #expect(try store.budgetSpendings()[0].time == 7)
    }

    @Test func `counts are not below 0 unless asked for`() throws {
        try store.setBudget(PrivacyLoss(epsilon: 10))
        var generator = SeededGenerator(seed: 3)
        let clamped = try counts(PrivacyLoss(epsilon: 0.01)).publish(
            from: store, now: 7, actor: "test", using: &generator)
        #expect(clamped.rows.allSatisfy { $0[1].integer ?? -1 >= 0 })
        generator = SeededGenerator(seed: 3)
        var free = try counts(PrivacyLoss(epsilon: 0.01))
        free.isClamped = false
        let rows = try free.publish(from: store, now: 7, actor: "test", using: &generator).rows
        #expect(rows.contains { $0[1].integer ?? 0 < 0 })
        #expect(clamped.rows.map(\.[1]) == rows.map { .integer(max(0, $0[1].integer ?? 0)) })
    }

    @Test func `nothing is published that the budget does not allow`() throws {
        try store.setBudget(PrivacyLoss(epsilon: 0.5))
        var generator = SeededGenerator(seed: 1)
        #expect(throws: StoreError.self) {
            _ = try counts(PrivacyLoss(epsilon: 0.6)).publish(from: store, now: 7, actor: "test", using: &generator)
        }
        #expect(try store.budgetSpendings().isEmpty)
        _ = try counts(PrivacyLoss(epsilon: 0.5)).publish(from: store, now: 7, actor: "test", using: &generator)
        #expect(throws: StoreError.self) {
            _ = try counts(PrivacyLoss(epsilon: 0.001)).publish(from: store, now: 7, actor: "test", using: &generator)
        }
    }

    @Test func `gaussian noise has a variance by zero-concentrated privacy`() throws {
        #expect(abs(NoisyCounts.rho(PrivacyLoss(epsilon: 1, delta: 1e-6)) - 0.017469) < 1e-6)
        try store.setBudget(PrivacyLoss(epsilon: 10, delta: 1e-5))
        var generator = SeededGenerator(seed: 4)
        var counts = try counts(PrivacyLoss(epsilon: 1, delta: 1e-6), .gaussian)
        counts.isClamped = false
        let rows = try counts.publish(from: store, now: 7, actor: "test", using: &generator).rows
        let clipped = try store.clippedCounts(.values, contributions: 5)
        // σ² = 25/(2·0.017469) ≈ 715.6: of ten values none is beyond six times its root.
        let noise = zip(rows, clipped.counts).map { Double(($0[1].integer ?? 0) - $1) }
        #expect(noise.allSatisfy { abs($0) < 6 * 715.6.squareRoot() } && noise.contains { abs($0) > 5 })
    }

    @Test func `a δ and a mechanism that do not go together are refused, and noise beyond all counts`() throws {
        #expect(throws: GovernanceError.self) { try counts(PrivacyLoss(epsilon: 1, delta: 1e-6)) }
        #expect(throws: GovernanceError.self) { try counts(PrivacyLoss(epsilon: 1), .gaussian) }
        #expect(throws: GovernanceError.self) { try counts(PrivacyLoss(epsilon: 0)) }
        try store.setBudget(PrivacyLoss(epsilon: 1))
        let strong = try NoisyCounts(.items, .laplace, PrivacyLoss(epsilon: 0.001), contributions: 1_000_000)
        var generator = SeededGenerator(seed: 1)
        #expect(throws: GovernanceError.self) {
            _ = try strong.publish(from: store, now: 7, actor: "test", using: &generator)
        }
        #expect(try store.budgetSpendings().isEmpty)
    }
}

extension DataTable.Value {
    fileprivate var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
}

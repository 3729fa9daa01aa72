public import Store

/// Removes what is older than the inventory allows.
public struct Sweep: Sendable {
    /// Days for each table that is swept. The default is what the inventory declares; tables without a number are left alone.
    public private(set) var days: [SweptTable: Int]

    /// - Parameter days: numbers of days that go before those of the inventory.
    public init(retaining days: [SweptTable: Int] = [:]) {
        self.days = Self.declared.merging(days) { $1 }
    }

    /// What the inventory declares.
    public static let declared: [SweptTable: Int] = {
        let found = SweptTable.allCases.compactMap { table -> (SweptTable, Int)? in
            days(ofTable: table.rawValue).map { (table, $0) }
        }
        return Dictionary(uniqueKeysWithValues: found)
    }()

    /// For which entries of the audit are kept. They go from the first on alone, as they are a chain.
    private static let auditDays = days(ofTable: "audit")

    private static func days(ofTable table: String) -> Int? {
        let element = Inventory.elements.first { $0.place == .store && $0.holder == table }
        guard case .days(let days)? = element?.retention else { return nil }
        return days
    }

    /// What a sweep would remove of each table, in the order of the tables.
    public func overdue(_ store: Store, now: Int64) throws(StoreError) -> [OverdueRows] {
        var found: [OverdueRows] = []
        for (table, days) in inOrder { found.append(try store.overdue(table, after: days, now: now)) }
        if let days = Self.auditDays {
            found.append(Self.audit(days, try store.auditEntries(before: Self.limit(days, now))))
        }
        if let days = RejectedDocuments.days,
            let lines = RejectedDocuments(of: store).overdue(before: Self.limit(days, now))
        {
            found.append(lines)
        }
        return found
    }

    /// Removes it, and writes down that it did.
    ///
    /// - Parameters:
    ///   - actor: who asks for it.
    ///   - isStopped: asked between batches.
    /// - Throws: `StoreError`; `OutputError` where the file of rejected documents cannot be written.
    public func run(
        _ store: Store, by actor: String, now: Int64, isStopped: () -> Bool = { false }
    ) throws -> [OverdueRows] {
        var removed: [OverdueRows] = []
        for (table, days) in inOrder where !isStopped() {
            removed.append(try store.sweep(table, after: days, now: now, isStopped: isStopped))
        }
        if let days = Self.auditDays, !isStopped() {
            let limit = Self.limit(days, now)
            let isDue = try store.auditEntries(before: limit) > 0
            removed.append(Self.audit(days, isDue ? try store.sweepAudit(before: limit, by: actor) : 0))
        }
        if let days = RejectedDocuments.days, !isStopped(),
            let lines = try RejectedDocuments(of: store).sweep(before: Self.limit(days, now))
        {
            removed.append(lines)
        }
        if removed.contains(where: { $0.rows > 0 }) {
            try store.audit("privacy.sweep", by: actor, detail: Self.text(removed))
        }
        return removed
    }

    private static func audit(_ days: Int, _ entries: Int) -> OverdueRows {
        OverdueRows(table: "audit", days: days, rows: entries, oldest: nil)
    }

    private static func limit(_ days: Int, _ now: Int64) -> Int64 { now - 86_400 * Int64(days) }

    /// Such as `rejected_rows 12, stream_errors 3`, for a log.
    public static func text(_ swept: [OverdueRows]) -> String {
        swept.filter { $0.rows > 0 }.map { "\($0.table) \($0.rows)" }.joined(separator: ", ")
    }

    private var inOrder: [(SweptTable, Int)] {
        SweptTable.allCases.compactMap { table in days[table].map { (table, $0) } }
    }
}

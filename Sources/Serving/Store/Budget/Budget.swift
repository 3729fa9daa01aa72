import GRDB

/// What of the budget was spent on a published table.
public struct BudgetSpending: Sendable, Equatable {
    /// The mechanisms that add noise.
    public enum Mechanism: String, Sendable, CaseIterable { case laplace, gaussian }

    /// Seconds since 1970.
    public let time: Int64
    /// What was counted.
    public let view: String
    public let mechanism: Mechanism
    public let loss: PrivacyLoss
    /// How many ratings of each user count at most.
    public let contributions: Int

    public init(time: Int64, view: String, mechanism: Mechanism, loss: PrivacyLoss, contributions: Int) {
        self.time = time
        self.view = view
        self.mechanism = mechanism
        self.loss = loss
        self.contributions = contributions
    }
}

extension Store {
    /// What may be spent in all; nothing where nobody has said.
    public func budgetTotal() throws(StoreError) -> PrivacyLoss { try read(Self.total) }

    /// Sets what may be spent in all, be it less than what is spent: then nothing more is.
    public func setBudget(_ total: PrivacyLoss) throws(StoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO budget_total VALUES (1, ?, ?)",
                arguments: [total.millionths, total.delta])
        }
    }

    /// All spendings, oldest first.
    public func budgetSpendings() throws(StoreError) -> [BudgetSpending] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT time, view, mechanism, epsilon, delta, contributions FROM budget_spendings ORDER BY spending
                    """
            ).map { row in
                guard let mechanism = BudgetSpending.Mechanism(rawValue: try row[at: 2]) else {
                    throw StoreError.damaged(path: path, detail: "a spending has an unknown mechanism")
                }
                return BudgetSpending(
                    time: try row[at: 0], view: try row[at: 1], mechanism: mechanism,
                    loss: PrivacyLoss(millionths: try row[at: 3], delta: try row[at: 4]), contributions: try row[at: 5])
            }
        }
    }

    /// Enters a spending, in one transaction with the sum of those before, so that two at once cannot spend the same.
    ///
    /// - Throws: `StoreError.overBudget` where it would be more than the total; then nothing is entered.
    public func spend(_ spending: BudgetSpending) throws(StoreError) {
        try write { database in
            let (spent, total) = (try Self.spent(database), try Self.total(database))
            guard (spent + spending.loss).fits(in: total) else {
                throw StoreError.overBudget(spent: spent, asked: spending.loss, total: total)
            }
            try database.execute(
                sql: """
                    INSERT INTO budget_spendings (time, view, mechanism, epsilon, delta, contributions)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    spending.time, spending.view, spending.mechanism.rawValue, spending.loss.millionths,
                    spending.loss.delta, spending.contributions,
                ])
        }
    }

    private static func total(_ database: Database) throws -> PrivacyLoss {
        try Row.fetchOne(database, sql: "SELECT epsilon, delta FROM budget_total").map {
            PrivacyLoss(millionths: try $0[at: 0], delta: try $0[at: 1])
        } ?? PrivacyLoss(millionths: 0)
    }

    private static func spent(_ database: Database) throws -> PrivacyLoss {
        try Row.fetchOne(
            database, sql: "SELECT IFNULL(sum(epsilon), 0), total(delta) FROM budget_spendings"
        ).map { PrivacyLoss(millionths: try $0[at: 0], delta: try $0[at: 1]) } ?? PrivacyLoss(millionths: 0)
    }
}

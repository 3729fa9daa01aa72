/// How much of the privacy budget of published counts is spent.
enum BudgetTables {
    static let sql = """
        CREATE TABLE budget_total (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            epsilon INTEGER NOT NULL,       -- in millionths
            delta REAL NOT NULL
        ) STRICT;
        CREATE TABLE budget_spendings (
            spending INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,          -- seconds since 1970
            view TEXT NOT NULL,
            mechanism TEXT NOT NULL CHECK (mechanism IN ('laplace', 'gaussian')),
            epsilon INTEGER NOT NULL CHECK (epsilon > 0),   -- in millionths
            delta REAL NOT NULL CHECK (delta >= 0),
            contributions INTEGER NOT NULL  -- ratings of each user that count at most
        ) STRICT;
        CREATE TRIGGER spending_stays BEFORE UPDATE ON budget_spendings
            BEGIN SELECT RAISE(ABORT, 'what is spent stays spent'); END;
        CREATE TRIGGER spending_is_not_deleted BEFORE DELETE ON budget_spendings
            BEGIN SELECT RAISE(ABORT, 'what is spent stays spent'); END;
        """

    static let relations = [
        SchemaGuide.Relation(
            name: "budget_total", meaning: "privacy budget of published counts",
            columns: ["one": "1", "epsilon": "ε in millionths", "delta": "δ"]),
        SchemaGuide.Relation(
            name: "budget_spendings", meaning: "what of the privacy budget was spent on published counts",
            columns: [
                "spending": "number of the spending", "time": "when, in seconds since 1970",
                "view": "what was counted", "mechanism": "laplace or gaussian", "epsilon": "ε in millionths",
                "delta": "δ; 0 for laplace", "contributions": "ratings of each user that count at most",
            ]),
    ]
}

/// What shows that rights are kept: the audit, decisions on consent, erasures, the budget of published counts, and what the
/// catalogue knows beside.
extension Inventory {
    private static let administrators: [Reader] = [.admin, .operator]

    static let governance: [Holding] = [
        // Subjects are keyed hashes: who has the key of the audit can tell whether an entry is of somebody they know.
        .table(
            "audit", of: .staff, for: [.accountability], kept: .days(1_095), readBy: [.auditor, .operator],
            [.identifier: "actor subject", .behavior: "time action detail", .nothing: "entry chain"]),
        .table(
            "audit_marks", for: [.accountability], kept: .untilReplaced, readBy: [.auditor, .operator],
            [.nothing: "mark entry chain seal"]),
        .table(
            "consent_decisions", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.identifier: "user", .behavior: "kind purpose is_granted source time", .nothing: "decision"]),
        .table(
            "withheld_users", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.identifier: "user", .behavior: "purpose"]),
        // Ids are there while an erasure is under way.
        .table(
            "erasures", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.identifier: "id", .behavior: "items", .nothing: "token begun finished step done"]),
        .table(
            "receipts", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.nothing: "receipt token written document chain"]),
        .table(
            "tombstones", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.identifier: "hash", .nothing: "written"]),
        .table(
            "erasure_state", for: [.accountability], kept: .untilErased, readBy: [.operator],
            [.nothing: "one tombstone_key is_clean"]),
        .table(
            "budget_total", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.nothing: "one epsilon delta"]),
        .table(
            "budget_spendings", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.nothing: "spending time view mechanism epsilon delta contributions"]),
        .table(
            "import_sources", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.nothing: "import bytes licence citation"]),
        .table(
            "quality_checks", for: [.accountability], kept: .untilErased, readBy: administrators,
            [.nothing: "relation field name checked observed passed"]),
    ]
}

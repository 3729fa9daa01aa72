/// How much of the privacy budget of published counts is spent.
enum BudgetTables {
    static let sql = ""

    static let relations: [SchemaGuide.Relation] = []
}

/// Who did what when to whose data.
enum AuditTables {
    static let sql = ""

    static let relations: [SchemaGuide.Relation] = []
}

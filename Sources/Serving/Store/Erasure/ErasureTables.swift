/// Who was erased, without ids, and what refuses to come back.
enum ErasureTables {
    static let sql = ""

    static let relations: [SchemaGuide.Relation] = []
}

/// What the catalogue knows of runs and checks besides what the other tables hold.
enum CatalogueTables {
    static let sql = ""

    static let relations: [SchemaGuide.Relation] = []
}

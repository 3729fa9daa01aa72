/// Which purposes the ratings of each user count for. Whoever reads ratings for one of them reads its view.
enum ConsentTables {
    static let sql = """
        CREATE VIEW ratings_for_personalization AS SELECT * FROM ratings;
        CREATE VIEW ratings_for_analytics AS SELECT * FROM ratings;
        CREATE VIEW ratings_for_export AS SELECT * FROM ratings;
        """

    static let relations = ["personalization", "analytics", "export"].map { purpose in
        SchemaGuide.Relation(
            name: "ratings_for_\(purpose)", meaning: "ratings of users who consent to \(purpose)",
            columns: SchemaGuide.ratingColumns)
    }
}

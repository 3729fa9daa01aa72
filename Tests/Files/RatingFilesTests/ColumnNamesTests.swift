import RatingFiles
import Testing

struct ColumnNamesTests {
    @Test(arguments: [
        ("User-ID", ColumnRole.user), ("user_id:token", .user), ("reviewerID", .user), ("Benutzer", .user),
        ("utilisateur", .user), ("Usuario", .user), ("movieId", .item), ("ISBN", .item), ("Película", .item),
        ("beer_beerId", .item), ("item_id:token", .item), ("Book-Rating", .rating), ("stars", .rating),
        ("Bewertung", .rating), ("calificación", .rating), ("note", .rating), ("rating:float", .rating),
        ("unixReviewTime", .timestamp), ("Datum", .timestamp), ("fecha", .timestamp), ("created_at", .timestamp),
    ])
    func `names are known in four languages, however they are written`(_ name: String, _ role: ColumnRole) {
        #expect(ColumnNames.meaning(of: name)?.role == role)
    }

    @Test(arguments: ["ID", "name", "comment", "review_overall", "is_read", "", "title"])
    func `other names mean nothing`(_ name: String) {
        #expect(ColumnNames.meaning(of: name) == nil)
    }

    @Test func `keys end in id, those of rows aside`() {
        #expect(["thing_id", "thingId", "id_thing", "thing_ID:token"].allSatisfy(ColumnNames.isKey))
        #expect(!["id", "valid", "review_id", "thing"].contains(where: ColumnNames.isKey))
    }
}

import CKindred
import Kindred
import TestSupport
import Testing

struct ComparisonTests {
    private let matrix = RatingMatrix.random(users: 60, items: 30, density: 0.4, seed: 8)

    @Test func `a comparison is the engine's`() throws {
        let handles = try Handles(matrix)
        var comparison: OpaquePointer?
        let options = "folds=3\nseed=5\nals.rank=3\nrelevant=4"
        #expect(unsafe kindred_compare(handles.ratings, "als,popularity", options, handles.call, &comparison) == 0)
        defer { unsafe kindred_comparison_free(comparison) }
        var configuration = ModelConfiguration()
        configuration.seed = 5
        configuration.relevance = 4
        configuration.als.rank = 3
        let expected = try Dataset(ratings: matrix).compare(
            [.als, .popularity], folds: 3, configuration: configuration)
        func text(_ form: Int) throws -> String {
            var text: UnsafePointer<CChar>?
            var bytes: Int64 = 0
            #expect(unsafe kindred_comparison_text(comparison, Int32(form), &text, &bytes) == 0)
            let found = unsafe String(cString: try #require(text))
            #expect(Int64(found.utf8.count) == bytes)
            return found
        }
        // Seconds differ from run to run.
        func lines(_ metrics: String) -> [Substring] {
            metrics.split(separator: "\n").filter { !$0.contains("second") }
        }
        let metrics = try text(2)
        #expect(lines(metrics) == lines(expected.metrics))
        #expect(metrics.contains("als,mean,rmse,,"))
        #expect(try text(0).hasPrefix("<!DOCTYPE html>"))
        #expect(try text(1).contains("\"relevant\" : \"4.0\""))
        #expect(unsafe kindred_comparison_text(comparison, 3, nil, nil) == 1)
    }

    @Test func `several models of one kind have parameters of their own`() throws {
        let handles = try Handles(matrix)
        var comparison: OpaquePointer?
        let options = "folds=2\na.rank=2\na.b.rank=3\nmix.implicit.rank=4\nmix.regularization=5"
        #expect(unsafe kindred_compare(handles.ratings, "a=als\na.b=als\nmix=blend", options, nil, &comparison) == 0)
        defer { unsafe kindred_comparison_free(comparison) }
        var text: UnsafePointer<CChar>?
        #expect(unsafe kindred_comparison_text(comparison, 2, &text, nil) == 0)
        let metrics = unsafe String(cString: try #require(text))
        for (name, kind, rank) in [("a", ModelKind.als, 2), ("a.b", .als, 3), ("mix", .blend, 4)] {
            var configuration = ModelConfiguration()
            configuration.als.rank = rank
            configuration.implicit.rank = rank
            configuration.userEASE.regularization = 5
            let alone = try Dataset(ratings: matrix).compare([kind], folds: 2, configuration: configuration)
            let ndcg = alone.metrics.split(separator: "\n").first { $0.hasPrefix("\(kind.rawValue),mean,ndcg,10,") }
            let value = try #require(ndcg?.split(separator: ",").last)
            #expect(metrics.contains("\(name),mean,ndcg,10,\(value)\n"), "\(name)")
        }
    }

    @Test func `bad options are refused`() throws {
        let handles = try Handles(matrix)
        var comparison: OpaquePointer?
        let cases = [
            ("als", "folds=1", "folds is 1; it has to be 2 to 1,000"), ("", "", "there is no model \"\""),
            ("als,als", "", "have one name"), ("a=als\na=knn", "", "have one name"),
            ("a=als,b=knn", "", "no model \"als,b=knn\""),
            ("als", "rank=3", "there is no option \"rank\""),
            ("a=als", "als.rank=3", "follow the names of models, as a.rank"),
            ("a=als", "a.neighbors=3", "als has no parameter \"neighbors\"; it has rank"),
            ("blend", "blend.knn.k=3", "blend has no parameter \"knn.k\""),
            ("als", "knn.neighbors=3", "there is no option \"knn.neighbors\""),
            ("als", "als.rank=0", "rank is 0; it has to be 1 to 512"),
        ]
        for (models, options, message) in cases {
            #expect(unsafe kindred_compare(handles.ratings, models, options, handles.call, &comparison) == 1)
            #expect(handles.error.contains(message), "\(handles.error)")
        }
        let few = try Handles(RatingMatrix(rows: [[(0, 1)], [(1, 2)]], itemCount: 2))
        #expect(unsafe kindred_compare(few.ratings, "global", "folds=3", few.call, &comparison) == 1)
        #expect(few.error.contains("use fewer folds"), "\(few.error)")
    }
}

import CKindred
import Kindred
import TestSupport
import Testing

/// Models by the functions of C, held against the engine's.
struct ModelTests {
    private let matrix = RatingMatrix.random(users: 80, items: 50, density: 0.3, seed: 4)

    private func fit(_ handles: Handles, _ kind: String, _ options: String? = nil) throws -> OpaquePointer? {
        var model: OpaquePointer?
        try #require(
            unsafe kindred_model_fit(kind, handles.ratings, options, handles.call, &model) == 0, "\(handles.error)")
        return unsafe model
    }

    private func figures(_ model: OpaquePointer?) -> kindred_model_figures {
        var figures = kindred_model_figures()
        #expect(unsafe kindred_model_figures_of(model, &figures) == 0)
        return figures
    }

    private func engineALS() throws -> FactorModel {
        var configuration = ALSConfiguration()
        (configuration.rank, configuration.restarts, configuration.iterations) = (6, 2, 3)
        return try AlternatingLeastSquares(configuration).fit(matrix)
    }

    private let alsOptions = "rank=6\nrestarts=2\niterations=3"

    @Test func `factors and losses are the engine's`() throws {
        let expected = try engineALS()
        let handles = try Handles(matrix)
        let model = try unsafe fit(handles, "als", alsOptions)
        defer { unsafe kindred_model_free(model) }
        let figures = unsafe figures(model)
        #expect(figures.rank == 6 && figures.restarts == 2 && figures.losses == 6)
        #expect(figures.predicts == 1 && figures.ranks == 1 && figures.saves == 1)
        #expect(figures.mean == Double(expected.mean) && figures.relevant.isNaN)
        for (restart, part) in expected.parts.enumerated() {
            for (side, factors) in [(0, part.users), (1, part.items)] {
                var (vectors, biases) = (
                    [Float](repeating: 0, count: factors.rows * 6), [Float](repeating: 0, count: factors.rows)
                )
                #expect(unsafe kindred_model_vectors(model, Int32(side), Int64(restart), &vectors, &biases) == 0)
                #expect(vectors == factors.vectors.storage && biases == factors.biases)
            }
        }
        var losses = [Double](repeating: 0, count: 6)
        #expect(unsafe kindred_model_losses(model, &losses) == 0)
        #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(unsafe kindred_model_vectors(model, 2, 0, nil, nil) == 1)
        #expect(unsafe kindred_model_vectors(model, 0, 2, nil, nil) == 1)
    }

    /// The lists of some users, by the function of C.
    private func lists(
        _ handles: Handles, _ model: OpaquePointer?, users: [Int32]?, _ ratings: SparseMatrix<Float>? = nil,
        fold: Bool = false, excludesRated: Bool = true, excluded: [Int32] = [], allowed: [Int32]? = nil, length: Int = 7
    ) -> (status: Int32, items: [Int32], scores: [Float]) {
        let count = users?.count ?? ratings?.rows ?? 0
        var (items, scores) = (
            [Int32](repeating: -9, count: count * length), [Float](repeating: -9, count: count * length)
        )
        func ask(_ matrix: UnsafePointer<kindred_csr>?) -> Int32 {
            unsafe (users ?? []).withUnsafeBufferPointer { numbers in
                unsafe excluded.withUnsafeBufferPointer { excluded in
                    unsafe (allowed ?? []).withUnsafeBufferPointer { list in
                        let some: [Int32] = [0]
                        return unsafe some.withUnsafeBufferPointer { some in
                            var query = unsafe kindred_query(
                                count: Int64(count), users: users == nil ? nil : numbers.baseAddress, ratings: matrix,
                                fold: fold ? 1 : 0, exclude_rated: excludesRated ? 1 : 0,
                                excluded: excluded.baseAddress,
                                excluded_count: Int64(excluded.count),
                                allowed: allowed == nil ? nil : list.isEmpty ? some.baseAddress : list.baseAddress,
                                allowed_count: Int64(list.count))
                            return unsafe kindred_model_recommend(
                                model, &query, Int64(length), nil, handles.call, &items, &scores)
                        }
                    }
                }
            }
        }
        let status = ratings.map { unsafe withCSR($0) { unsafe ask($0) } } ?? ask(nil)
        return (status, items, scores)
    }

    @Test(arguments: ["als", "implicit", "knn", "ease", "blend", "bayes", "popularity"])
    func `lists are the engine's`(_ name: String) throws {
        let kind = try #require(ModelKind(rawValue: name))
        var configuration = ModelConfiguration()
        configuration.bayes.samples = 5
        configuration.bayes.burnIn = 2
        let fitted = try kind.fit(Dataset(ratings: matrix), configuration)
        let recommender = try #require(fitted.recommender)
        let handles = try Handles(matrix)
        let model = try unsafe fit(handles, name, name == "bayes" ? "samples=5\nburn-in=2" : nil)
        defer { unsafe kindred_model_free(model) }
        for users in [[Int32](0..<80), [5, 0, 5]] {
            let found = unsafe lists(handles, model, users: users)
            #expect(found.status == 0)
            let expected = users.flatMap { user -> [RankedItem] in
                let list = recommender.rankedItems(
                    user: Int(user), count: 7, excluding: matrix.ratings(ofUser: Int(user)).map(\.0))
                return list + Array(repeating: RankedItem(item: -1, score: .nan), count: 7 - list.count)
            }
            #expect(found.items == expected.map(\.item))
            #expect(found.scores.map(\.bitPattern) == expected.map(\.score.bitPattern))
        }
        let guests = matrix.byUser
        let folded = unsafe lists(handles, model, users: nil, guests, fold: true, excludesRated: false)
        #expect(folded.status == 0)
        let expected = try recommender.rankedItems(foldingIn: matrix.userRatings(2), count: 7, excluding: [Int32]())
        #expect(Array(folded.items[14..<21]) == expected.map(\.item))
    }

    @Test func `excluded and allowed items are followed`() throws {
        let handles = try Handles(matrix)
        let model = try unsafe fit(handles, "ease")
        defer { unsafe kindred_model_free(model) }
        let users: [Int32] = [0, 1]
        let open = unsafe lists(handles, model, users: users, excludesRated: false, excluded: [3, 3], length: 60)
        #expect(open.items.prefix(60).filter { $0 >= 0 }.count == 49 && !open.items.contains(3))
        #expect(open.scores.prefix(60).filter(\.isNaN).count == 11)
        let few = unsafe lists(
            handles, model, users: users, excludesRated: false, excluded: [3], allowed: [3, 9, 11], length: 3)
        #expect(Set(few.items.prefix(3)) == [9, 11, -1])
        let none = unsafe lists(handles, model, users: users, allowed: [], length: 3)
        #expect(none.status == 0 && none.items.allSatisfy { $0 == -1 })
        // Of other ratings than those of the training.
        let other = SparseMatrix<Float>(columns: 50, rowOffsets: [0, 1, 1], columnIndices: [9], values: [1])
        let given = unsafe lists(handles, model, users: users, other, length: 50)
        #expect(given.items.prefix(50).filter { $0 >= 0 }.count == 49 && !given.items.prefix(50).contains(9))
    }

    @Test func `bad queries are refused`() throws {
        let handles = try Handles(matrix)
        let model = try unsafe fit(handles, "implicit")
        defer { unsafe kindred_model_free(model) }
        func check(_ answer: (status: Int32, items: [Int32], scores: [Float]), _ message: String) {
            #expect(answer.status == 1)
            #expect(handles.error.contains(message), "\(handles.error)")
        }
        let narrow = SparseMatrix<Float>(columns: 3, rowOffsets: [0, 1], columnIndices: [2], values: [1])
        unsafe check(lists(handles, model, users: [80]), "user 80 at place 0; there are 80, counted from 0")
        unsafe check(lists(handles, model, users: [0, -1]), "user -1 at place 1")
        unsafe check(lists(handles, model, users: [0], excluded: [50]), "excluded item 50")
        unsafe check(lists(handles, model, users: [0], allowed: [-2]), "allowed item -2")
        unsafe check(lists(handles, model, users: [0], fold: true), "the matrix of ratings is missing")
        unsafe check(lists(handles, model, users: [0], narrow), "has 3 items; those of the model are 50")
        unsafe check(lists(handles, model, users: [0], matrix.byUser), "has 80 rows for 1 lists")
        unsafe check(lists(handles, model, users: [0], length: 0), "a list of 0 items")
        #expect(unsafe kindred_model_recommend(model, nil, 3, nil, handles.call, nil, nil) == 1)
        let baseline = try unsafe fit(handles, "baseline")
        defer { unsafe kindred_model_free(baseline) }
        unsafe check(lists(handles, baseline, users: [0]), "baseline predicts ratings and makes no lists")
        #expect(unsafe kindred_model_vectors(baseline, 0, 0, nil, nil) == 1)
    }

    @Test func `predictions are the engine's`() throws {
        let expected = try engineALS()
        let handles = try Handles(matrix)
        let model = try unsafe fit(handles, "als", alsOptions)
        defer { unsafe kindred_model_free(model) }
        let (users, items): ([Int32], [Int32]) = ([0, 0, 7, -1, 3, -1], [1, 2, 2, 4, -1, -1])
        var ratings = [Double](repeating: 0, count: 6)
        #expect(unsafe kindred_model_predict(model, 6, users, items, nil, handles.call, &ratings, nil) == 0)
        for place in 0..<6 {
            let (user, item) = (users[place], items[place])
            #expect(
                ratings[place]
                    == expected.prediction(user: user < 0 ? nil : Int(user), item: item < 0 ? nil : Int(item)))
        }
        var deviations = ratings
        #expect(unsafe kindred_model_predict(model, 6, users, items, nil, handles.call, &ratings, &deviations) == 1)
        #expect(
            unsafe kindred_model_predict(model, 6, [80, 0, 0, 0, 0, 0], items, nil, handles.call, &ratings, nil) == 1)
        #expect(
            unsafe kindred_model_predict(model, 6, users, [0, 0, 0, 0, 0, 50], nil, handles.call, &ratings, nil) == 1)
        #expect(unsafe kindred_model_predict(model, -1, users, items, nil, handles.call, &ratings, nil) == 1)
        #expect(unsafe kindred_model_predict(model, 3, nil, items, nil, handles.call, &ratings, nil) == 1)
        let bayes = try unsafe fit(handles, "bayes", "samples=5\nburn-in=2")
        defer { unsafe kindred_model_free(bayes) }
        #expect(unsafe kindred_model_predict(bayes, 6, users, items, nil, handles.call, &ratings, &deviations) == 0)
        #expect(deviations.allSatisfy { $0 > 0 })
    }

    @Test func `folded factors give the model's scores`() throws {
        let handles = try Handles(matrix)
        let model = try unsafe fit(handles, "implicit", "rank=6")
        defer { unsafe kindred_model_free(model) }
        var (learned, folded) = ([Float](repeating: 0, count: 480), [Float](repeating: 1, count: 480))
        var biases = [Float](repeating: 1, count: 80)
        #expect(unsafe kindred_model_vectors(model, 0, 0, &learned, nil) == 0)
        #expect(
            unsafe withCSR(matrix.byUser) {
                unsafe kindred_model_fold(model, $0, 0, nil, handles.call, &folded, &biases)
            } == 0)
        #expect(zip(learned, folded).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(biases.allSatisfy { $0 == 0 })
        #expect(unsafe kindred_model_fold(model, nil, 0, nil, handles.call, &folded, &biases) == 1)
    }

    @Test(arguments: ["als", "implicit", "ease", "blend", "knn"])
    func `reasons are the engine's`(_ name: String) throws {
        let kind = try #require(ModelKind(rawValue: name))
        let fitted = try kind.fit(Dataset(ratings: matrix), ModelConfiguration())
        let handles = try Handles(matrix)
        let model = try unsafe fit(handles, name)
        defer { unsafe kindred_model_free(model) }
        var count: Int64 = 0
        var (others, rated, shares) = (
            [Int32](repeating: -1, count: 200), [Float](repeating: -1, count: 200), [Float](repeating: -1, count: 200)
        )
        #expect(
            unsafe kindred_model_explain(model, 2, 5, nil, handles.call, 200, &count, &others, &rated, &shares) == 0)
        switch try #require(try fitted.explanation(of: 5, for: Person(user: 2, of: matrix))) {
        case .stars(let reasons), .shares(let reasons):
            #expect(Int(count) == reasons.count && count > 0)
            #expect(others.prefix(Int(count)).elementsEqual(reasons.map { Int32($0.item) }))
            #expect(shares.prefix(Int(count)).elementsEqual(reasons.map(\.value)))
        case .neighbors(let evidence):
            #expect(Int(count) == evidence.raters.count && count > 0)
            #expect(others.prefix(Int(count)).elementsEqual(evidence.raters.map(\.neighbor.user)))
            #expect(rated.prefix(Int(count)).elementsEqual(evidence.raters.map(\.rating)))
        case .distribution: Issue.record("no reasons")
        }
        // With little room the first, and their number.
        let first = others[0]
        others = [-1, -1]
        let all = count
        #expect(unsafe kindred_model_explain(model, 2, 5, nil, handles.call, 1, &count, &others, nil, nil) == 0)
        #expect(others == [first, -1] && count == all)
        #expect(unsafe kindred_model_explain(model, 2, 50, nil, handles.call, 0, &count, nil, nil, nil) == 1)
        #expect(unsafe kindred_model_explain(model, 80, 5, nil, handles.call, 0, &count, nil, nil, nil) == 1)
        #expect(unsafe kindred_model_explain(model, 2, 5, nil, handles.call, -1, &count, nil, nil, nil) == 1)
    }

    @Test func `options are those of the command line`() throws {
        let handles = try Handles(matrix)
        var model: OpaquePointer?
        let cases = [
            ("als", "rang=3", "als has no parameter \"rang\"; it has rank"),
            ("als", "rank=0", "rank is 0; it has to be 1 to 512"),
            ("als", "rank=x", "rank is x; it has to be a whole number"),
            ("als", "rank=60", "rank is 60; for 80 users and 50 items it has to be below 50"),
            ("als", "implicit.rank=3", "als has no parameter \"implicit.rank\""),
            ("als", "relevant=nan", "relevant is \"nan\""),
            ("blend", "als.rank=3", "blend has no parameter \"als.rank\""),
            ("svd", "", "there is no model \"svd\"; there are global, user-mean"),
            ("als,knn", "", "there is no model \"als,knn\""), ("implicit", "relevant=9", "no rating is 9.0 or more"),
        ]
        for (kind, options, message) in cases {
            #expect(unsafe kindred_model_fit(kind, handles.ratings, options, handles.call, &model) == 1, "\(options)")
            #expect(handles.error.contains(message), "\(handles.error)")
        }
        let blend = try unsafe fit(handles, "blend", "regularization=50\nimplicit.rank=4\nrelevant=3")
        defer { unsafe kindred_model_free(blend) }
        #expect(unsafe figures(blend).relevant == 3)
    }

    @Test func `a saved model comes back`() throws {
        let folder = try Scratch()
        let handles = try Handles(matrix)
        let model = try unsafe fit(handles, "als", alsOptions)
        defer { unsafe kindred_model_free(model) }
        #expect(unsafe kindred_model_save(model, folder.path("model"), handles.call) == 0)
        var loaded: OpaquePointer?
        #expect(unsafe kindred_model_load(folder.path("model"), handles.ratings, handles.call, &loaded) == 0)
        defer { unsafe kindred_model_free(loaded) }
        let users = [Int32](0..<80)
        #expect(unsafe lists(handles, loaded, users: users).items == lists(handles, model, users: users).items)
        #expect(unsafe kindred_model_load(folder.path("none"), handles.ratings, handles.call, &loaded) == 4)
        let other = try Handles(RatingMatrix.random(users: 20, items: 10, density: 0.5, seed: 1))
        #expect(unsafe kindred_model_load(folder.path("model"), other.ratings, other.call, &loaded) == 4)
        #expect(other.error.contains("fitted on other users or items"))
        let ease = try unsafe fit(handles, "ease")
        defer { unsafe kindred_model_free(ease) }
        #expect(unsafe kindred_model_save(ease, folder.path("ease"), handles.call) == 1)
    }
}

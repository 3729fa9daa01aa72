import CKindred
import Kindred
import TestSupport
import Testing

struct RatingsTests {
    /// The status and the message of ratings from arrays of two rows and three columns, unless said otherwise.
    private func make<Offset, Index, Value>(
        rows: Int = 2, columns: Int = 3, _ offsets: [Offset], _ indices: [Index], _ values: [Value]
    ) -> (status: Int32, message: String) {
        let handles = Handles()
        let status = unsafe withCSR(rows: rows, columns: columns, offsets, indices, values) {
            unsafe kindred_ratings_make($0, nil, nil, nil, handles.call, &handles.ratings)
        }
        #expect(unsafe (handles.ratings == nil) == (status != 0))
        return (status, handles.error)
    }

    @Test func `all widths of numbers are read`() {
        #expect(make([Int32(0), 2, 3], [Int32(0), 2, 1], [Float(1), 2, 3]).status == 0)
        #expect(make([Int64(0), 2, 3], [Int64(0), 2, 1], [1.5, 2, 3]).status == 0)
        #expect(make([Int32(0), 2, 3], [Int64(0), 2, 1], [Float(1), 2, 3]).status == 0)
    }

    @Test func `what is no matrix is refused with its place`() {
        let values = [Float(1), 2, 3]
        let cases: [((status: Int32, message: String), String)] = [
            (make([Int32(1), 2, 3], [Int32(0), 2, 1], values), "the first offset is 1; it has to be 0"),
            (
                make([Int32(0), 4, 3], [Int32(0), 2, 1], values),
                "the offset after row 1 is 3, less than the 4 before it"
            ),
            (
                make([Int64(0), -1, 3], [Int32(0), 2, 1], values),
                "the offset after row 0 is -1, less than the 0 before it"
            ),
            (make([Int32(0), 2, 2], [Int32(0), 2, 1], values), "the last offset is 2, but there are 3 entries"),
            (make([Int32(0), 2, 3], [Int32(0), 3, 1], values), "row 0 has column 3; there are 3, counted from 0"),
            (make([Int32(0), 2, 3], [Int32(-7), 2, 1], values), "row 0 has column -7"),
            (make([Int32(0), 2, 3], [Int64(0), 1 << 32, 1], values), "row 0 has column 4294967296"),
            (make([Int32(0), 2, 3], [Int32(2), 0, 1], values), "row 0 has column 0 after 2; sort each row first"),
            (make([Int32(0), 1, 3], [Int32(2), 1, 1], values), "row 1 has column 1 twice; sum duplicates first"),
            (make([Int32(0), 2, 3], [Int32(0), 2, 1], [Float(1), .nan, 3]), "row 0 has the value nan"),
            (make([Int32(0), 2, 3], [Int32(0), 2, 1], [1, 2, -Double.infinity]), "row 1 has the value -inf"),
            (make([Int32(0), 2, 3], [Int32(0), 2, 1], [1, 1e300, 3]), "row 0 has the value inf"),
            (make([Int32(0), 2, 3], [Int32(0), 2, 1], [1, 2, 2e12]), "row 1 has the value 2e+12"),
            (make(rows: 0, [Int32(0)], [Int32](), [Float]()), "0 users and 3 items"),
            (make(columns: 0, [Int32(0), 0, 0], [Int32](), [Float]()), "2 users and 0 items"),
            (make(columns: 3_000_000_000, [Int32(0), 2, 3], [Int32(0), 2, 1], values), "3000000000 columns"),
            (make(rows: -1, [Int32(0)], [Int32](), [Float]()), "-1 rows"),
            (make([Int32(0), 0, 0], [Int32](), [Float]()), "no entries"),
            (make([Int16(0), 2, 3], [Int32(0), 2, 1], values), "offsets have 2 bytes"),
            (make([Int32(0), 2, 3], [UInt8(0), 2, 1], values), "indices have 1 bytes"),
            (make([Int32(0), 2, 3], [Int32(0), 2, 1], [Int16(1), 2, 3]), "values have 2 bytes"),
        ]
        for (answer, message) in cases {
            #expect(answer.status == 1)
            #expect(answer.message.contains(message), "\(answer.message)")
        }
    }

    @Test func `more items than memory holds are refused`() {
        let answer = make(
            rows: 1, columns: Int(Int32.max), [Int32(0), 1], [Int32(5)], [Float(1)])
        // Where there are 200 GB, they are held.
        if answer.status != 0 {
            #expect(answer.status == 2)
            #expect(answer.message.contains("MiB are free"))
        }
    }

    @Test func `missing arrays and handles are refused`() {
        let handles = Handles()
        #expect(unsafe kindred_ratings_make(nil, nil, nil, nil, handles.call, &handles.ratings) == 1)
        #expect(handles.error == "the matrix is missing")
        var matrix = unsafe kindred_csr()
        unsafe (matrix.rows, matrix.columns, matrix.entries) = (2, 2, 1)
        #expect(unsafe kindred_ratings_make(&matrix, nil, nil, nil, handles.call, &handles.ratings) == 1)
        #expect(handles.error.contains("lacks its offsets"))
        unsafe withCSR(rows: 1, columns: 1, [Int32(0), 1], [Int32(0)], [Float(1)]) { matrix in
            #expect(unsafe kindred_ratings_make(matrix, nil, nil, nil, handles.call, nil) == 1)
            #expect(unsafe kindred_ratings_make(matrix, nil, nil, nil, nil, &handles.ratings) == 0)
        }
        var graph: OpaquePointer?
        #expect(unsafe kindred_graph_make(nil, nil, handles.call, &graph) == 1)
        #expect(handles.error.contains("no ratings"))
        // A call is no ratings.
        #expect(unsafe kindred_graph_make(handles.call, nil, handles.call, &graph) == 1)
    }

    @Test func `handles are freed once, however often they are freed`() throws {
        let handles = try Handles(RatingMatrix.random(users: 20, items: 10, density: 0.5, seed: 1))
        unsafe kindred_graph_free(handles.ratings)
        var graph: OpaquePointer?
        #expect(unsafe kindred_graph_make(handles.ratings, nil, handles.call, &graph) == 0)
        unsafe kindred_ratings_free(handles.ratings)
        unsafe kindred_ratings_free(handles.ratings)
        kindred_ratings_free(nil)
        var (users, neighbors): (Int64, Int64) = (0, 0)
        #expect(unsafe kindred_graph_size(graph, &users, &neighbors) == 0)
        #expect(users == 20)
        unsafe kindred_graph_free(graph)
        unsafe kindred_graph_free(graph)
        #expect(unsafe kindred_graph_size(graph, &users, &neighbors) == 1)
        #expect(unsafe kindred_graph_make(handles.ratings, nil, handles.call, &graph) == 1)
        #expect(handles.error.contains("freed"))
    }

    private func make(ids users: [String], _ items: [String]) -> (status: Int32, message: String) {
        let handles = Handles()
        let status = unsafe withCSR(rows: 2, columns: 3, [Int32(0), 2, 3], [Int32(0), 2, 1], [Float(1), 2, 3]) {
            matrix in
            unsafe withIDs(users) { users in
                unsafe withIDs(items) { items in
                    unsafe kindred_ratings_make(matrix, users, items, nil, handles.call, &handles.ratings)
                }
            }
        }
        return (status, handles.error)
    }

    @Test func `ids are in the order of the command line`() {
        #expect(make(ids: ["9", "10"], ["-1", "0", "7"]).status == 0)
        #expect(make(ids: ["10", "9a"], ["a", "b\0c", "ü"]).status == 0)
        #expect(make(ids: ["", "é"], ["a", "b", "c"]).status == 0)
        #expect(
            make(ids: ["10", "9"], ["a", "b", "c"]).message.contains(
                "\"10\" is number 0, where \"9\" belongs; sort them as numbers"))
        #expect(make(ids: ["9", "10a"], ["a", "b", "c"]).message.contains("by their bytes"))
        #expect(
            make(ids: ["a", "a"], ["a", "b", "c"]).message == "two users have the same id; ids have to be distinct")
        #expect(make(ids: ["a"], ["a", "b", "c"]).message == "there are 1 user ids for 2 users")
        #expect(make(ids: ["a", "b"], ["a", "b", "c", "d"]).message == "there are 4 item ids for 3 items")
    }

    @Test func `ids that are no text are refused`() {
        let handles = Handles()
        let bytes: [CChar] = [97, -1]
        func make(_ offsets: [Int64]) -> Int32 {
            unsafe withCSR(rows: 2, columns: 1, [Int32(0), 1, 2], [Int32(0), 0], [Float(1), 2]) { matrix in
                unsafe bytes.withUnsafeBufferPointer { bytes in
                    unsafe offsets.withUnsafeBufferPointer { offsets in
                        var ids = unsafe kindred_ids(count: 2, bytes: bytes.baseAddress, offsets: offsets.baseAddress)
                        return unsafe kindred_ratings_make(matrix, &ids, nil, nil, handles.call, &handles.ratings)
                    }
                }
            }
        }
        #expect(make([0, 1, 2]) == 1)
        #expect(handles.error == "user id number 1 is not UTF-8")
        #expect(make([0, 2, 1]) == 1)
        #expect(handles.error.contains("descend"))
        #expect(make([1, 1, 2]) == 1)
    }

    @Test func `unknown and bad options are refused`() {
        let handles = Handles()
        func make(_ options: String) -> Int32 {
            unsafe withCSR(rows: 1, columns: 1, [Int32(0), 1], [Int32(0)], [Float(1)]) {
                unsafe kindred_ratings_make($0, nil, nil, options, handles.call, &handles.ratings)
            }
        }
        #expect(make("source=a=b\nthreads=1\n") == 0)
        #expect(make("depth=1") == 1)
        #expect(handles.error == "there is no option \"depth\"; there are source, threads")
        #expect(make("threads") == 1)
        #expect(handles.error.contains("is not name=value"))
        #expect(make("threads=x") == 1)
        #expect(handles.error == "threads is \"x\"; it has to be a whole number")
        #expect(make("threads=-1") == 1)
        #expect(handles.error.contains("0 to 1,024, 0 for all processors"))
        #expect(make("threads=1\nthreads=2") == 1)
        #expect(handles.error.contains("given twice"))
    }
}

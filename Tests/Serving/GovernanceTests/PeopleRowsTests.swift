import Governance
import Testing

struct PeopleRowsTests {
    private func without(_ id: String, _ text: String) -> String? {
        PeopleRows(Array(text.utf8)).without(id).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test func `rows go by the columns that name users`() {
        #expect(without("1", "user_id,rank\n1,2\n2,1\n") == "user_id,rank\n2,1\n")
        #expect(without("1", "source,target,support\n1,2,9\n2,1,9\n2,3,1\n") == "source,target,support\n2,3,1\n")
        #expect(without("1", ":START_ID(User),:END_ID(User)\n2,1\n") == ":START_ID(User),:END_ID(User)\n")
    }

    @Test func `quoted ids and those that are safe for spreadsheets are found`() {
        #expect(without("a,\"b", "user_id,n\r\n\"a,\"\"b\",1\r\nc,2\r\n") == "user_id,n\r\nc,2\r\n")
        #expect(without("=x", "user_id,n\n'=x,1\n") == "user_id,n\n")
        #expect(without("a\nb", "user_id,n\n\"a\nb\",1\nc,2") == "user_id,n\nc,2")
    }

    @Test func `a file without a column of users is not a list of rows by user`() {
        #expect(without("1", "community,size\n1,2\n") == nil)
        #expect(without("1", "") == nil)
    }
}

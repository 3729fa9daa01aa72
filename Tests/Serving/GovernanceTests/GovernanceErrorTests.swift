import Governance
import Testing

struct GovernanceErrorTests {
    @Test func `the message about somebody unknown does not name an id`() {
        #expect("\(GovernanceError.unknownUser)".hasPrefix("there is no such user"))
    }
}

import Streams
import Testing

struct StreamStatusTests {
    @Test func `a source begins with nothing taken`() {
        let status = StreamStatus()
        #expect(status.state == .starting)
        #expect(status.taken == 0 && status.lag == nil)
    }
}

import Testing
import Worker

struct WorkerProtocolTests {
    @Test func `the protocol has a version`() {
        #expect(WorkerProtocol.version == 1)
    }
}

import LinearAlgebra
import Testing

struct CancellationTests {
    @Test func `a request is seen inside, and nowhere else`() {
        let cancellation = Cancellation()
        #expect(!Cancellation.current.isRequested)
        cancellation.cancellable {
            #expect(!Cancellation.current.isRequested)
            cancellation.request()
            cancellation.request()
            #expect(Cancellation.current.isRequested)
        }
        #expect(cancellation.isRequested)
        #expect(!Cancellation.current.isRequested)
    }

    @Test func `the inner one counts`() {
        let (outer, inner) = (Cancellation(), Cancellation())
        outer.request()
        outer.cancellable { inner.cancellable { #expect(!Cancellation.current.isRequested) } }
    }
}

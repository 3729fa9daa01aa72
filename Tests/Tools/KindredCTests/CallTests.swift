import CKindred
import Dispatch
import Kindred
import Synchronization
import TestSupport
import Testing

struct CallTests {
    @Test func `null and freed calls are harmless`() throws {
        kindred_call_free(nil)
        kindred_call_stop(nil)
        #expect(kindred_call_progress(nil) == 0)
        let call = unsafe kindred_call_make()
        unsafe kindred_call_free(call)
        unsafe kindred_call_free(call)
        unsafe kindred_call_stop(call)
        #expect(unsafe String(cString: try #require(kindred_call_error(call))).contains("freed"))
        var graph: OpaquePointer?
        #expect(unsafe kindred_graph_make(nil, nil, call, &graph) == 1)
    }

    @Test func `the library tells what it is`() throws {
        #expect(unsafe String(cString: try #require(kindred_version())) == Version.kindred)
        #expect(kindred_interface() == 2)
        let processor = unsafe String(cString: try #require(kindred_processor()))
        #expect(processor.contains("level=") && processor.contains("blas="))
    }

    @Test func `an error goes with the next function`() throws {
        let handles = try Handles(RatingMatrix.random(users: 20, items: 10, density: 0.5, seed: 1))
        var graph: OpaquePointer?
        #expect(unsafe kindred_graph_make(handles.ratings, "neighbors=0", handles.call, &graph) == 1)
        #expect(handles.error == "neighbors is 0; it has to be 1 to 1,000,000")
        #expect(unsafe kindred_call_progress(handles.call) == 0)
        #expect(unsafe kindred_graph_make(handles.ratings, nil, handles.call, &graph) == 0)
        #expect(handles.error == "")
        #expect(unsafe kindred_call_progress(handles.call) == 1)
        unsafe kindred_graph_free(graph)
    }

    @Test func `a request to stop ends one function`() throws {
        let handles = try Handles(RatingMatrix.random(users: 20, items: 10, density: 0.5, seed: 1))
        var graph: OpaquePointer?
        unsafe kindred_call_stop(handles.call)
        #expect(unsafe kindred_graph_make(handles.ratings, nil, handles.call, &graph) == 3)
        #expect(handles.error == "the call was stopped")
        #expect(unsafe kindred_graph_make(handles.ratings, nil, handles.call, &graph) == 0)
        unsafe kindred_graph_free(graph)
    }

    @Test func `another thread stops a fit and sees its progress`() throws {
        let handles = try Handles(RatingMatrix.random(users: 300, items: 200, density: 0.2, seed: 1))
        nonisolated(unsafe) let call = unsafe handles.call
        let seen = Mutex(0.0)
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.5) {
            let progress = unsafe kindred_call_progress(call)
            seen.withLock { $0 = progress }
            unsafe kindred_call_stop(call)
        }
        var model: OpaquePointer?
        #expect(unsafe kindred_model_fit("als", handles.ratings, "rank=8\niterations=10000", call, &model) == 3)
        #expect(seen.withLock { $0 } > 0 && seen.withLock { $0 } < 1)
        #expect(unsafe model == nil)
    }
}

/// A text that C reads, as long as this lives.
@safe final class CText: Sendable {
    /// Never written after it is made.
    private nonisolated(unsafe) let bytes: UnsafeMutableBufferPointer<CChar>

    /// The bytes without the NUL at the end.
    var count: Int { unsafe bytes.count - 1 }
    var pointer: UnsafePointer<CChar> {
        guard let base = unsafe bytes.baseAddress else { preconditionFailure("a text has a NUL at least") }
        return unsafe UnsafePointer(base)
    }

    init(_ text: String) {
        let utf8 = text.utf8CString
        let bytes = UnsafeMutableBufferPointer<CChar>.allocate(capacity: utf8.count)
        _ = unsafe bytes.initialize(from: utf8)
        unsafe self.bytes = unsafe bytes
    }

    deinit { unsafe bytes.deallocate() }
}

extension String {
    /// The text that C gives; nil for NULL.
    init?(c text: UnsafePointer<CChar>?) {
        guard let text = unsafe text else { return nil }
        unsafe self.init(cString: text)
    }
}

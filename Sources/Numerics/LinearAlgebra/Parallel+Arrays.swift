extension Parallel {
    /// An array filled in parallel by parts; `body` must fill all of part i, `offsets[i] ..< offsets[i + 1]`.
    ///
    /// - Parameter offsets: ascending from 0; the last is the size of the array.
    @inlinable
    public static func fill<Element: BitwiseCopyable & Sendable, Workspace>(
        _ offsets: [Int], threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (_ part: Int, _ own: inout Workspace, _ elements: inout MutableSpan<Element>) -> Void
    ) -> [Element] {
        let count = offsets[offsets.count - 1]
        return unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe update(buffer, offsets, threads: threads, workspace: workspace, body)
            initialized = count
        }
    }

    /// Concatenates parts in parallel.
    @inlinable
    public static func join<Element: BitwiseCopyable & Sendable>(_ parts: [[Element]], threads: Int) -> [Element] {
        var offsets = [0]
        for part in parts { offsets.append(offsets[offsets.count - 1] + part.count) }
        return fill(offsets, threads: threads, workspace: {}) { part, _, elements in
            for (index, element) in parts[part].enumerated() { elements[index] = element }
        }
    }

    /// Updates each element of an array in parallel.
    @inlinable
    public static func update<Element: Sendable, Workspace: ~Copyable>(
        each elements: inout [Element], threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (_ index: Int, _ element: inout Element, _ own: inout Workspace) -> Void
    ) {
        unsafe elements.withUnsafeMutableBufferPointer { buffer in
            // Each element belongs to the call with its index.
            nonisolated(unsafe) let buffer = unsafe buffer
            let count = unsafe buffer.count
            forEach(count, threads: threads, workspace: workspace) { index, own in
                unsafe body(index, &buffer[index], &own)
            }
        }
    }

    /// Updates the parts of an array in parallel; part i is `offsets[i] ..< offsets[i + 1]`.
    ///
    /// - Parameter offsets: ascending from 0; the last is the size of the array.
    @inlinable
    public static func update<Element: BitwiseCopyable & Sendable, Workspace>(
        _ array: inout [Element], _ offsets: [Int], threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (_ part: Int, _ own: inout Workspace, _ elements: inout MutableSpan<Element>) -> Void
    ) {
        unsafe array.withUnsafeMutableBufferPointer { buffer in
            unsafe update(buffer, offsets, threads: threads, workspace: workspace, body)
        }
    }

    @inlinable
    static func update<Element: BitwiseCopyable & Sendable, Workspace>(
        _ buffer: UnsafeMutableBufferPointer<Element>, _ offsets: [Int], threads: Int,
        workspace: @Sendable () -> Workspace,
        _ body: @Sendable (_ part: Int, _ own: inout Workspace, _ elements: inout MutableSpan<Element>) -> Void
    ) {
        precondition(offsets.first == 0 && offsets.last.map { $0 <= buffer.count } ?? false, "parts of an array")
        // Each part is within the array and belongs to one call.
        nonisolated(unsafe) let buffer = unsafe buffer
        forEach(offsets.count - 1, threads: threads, workspace: workspace) { part, own in
            var elements = unsafe MutableSpan(_unsafeElements: buffer[offsets[part]..<offsets[part + 1]])
            body(part, &own, &elements)
        }
    }
}

internal import CKernels

/// Systems from quadratic forms, and forms from systems.
extension SymmetricSystem {
    /// Adds Σ factors·G over some rows to A.
    ///
    /// - Parameter factors: one per row.
    public mutating func add(_ forms: QuadraticForms, rows: ArraySlice<Int32>, times factors: ArraySlice<Float>) {
        precondition(forms.order == order, "order of the forms")
        unsafe forms.add(rows, times: factors, to: matrix)
    }

    /// b ← b + A·v, for an A made of forms only.
    public mutating func addProduct(of v: ArraySlice<Float>) {
        precondition(v.count == order, "one element per unknown")
        unsafe v.withUnsafeBufferPointer { v in
            unsafe kindred_add_product(Int64(order), Int64(stride), matrix.baseAddress, v.baseAddress, &vector)
        }
    }

    /// Writes the form of a finished system about a point z, not yet moved: G = A and e = b − A·z.
    ///
    /// - Parameter place: the start of the form, which takes `QuadraticForms.size` floats.
    public func copyForm(about z: ArraySlice<Float>, to target: inout MutableSpan<Float>, at place: Int) {
        precondition(
            z.count == order && place >= 0 && target.count >= place + QuadraticForms.size(order), "shapes of a form")
        unsafe z.withUnsafeBufferPointer { z in
            unsafe target.withUnsafeMutableBufferPointer { target in
                unsafe kindred_copy_form(
                    Int64(order), Int64(stride), matrix.baseAddress, vector, z.baseAddress,
                    target.baseAddress.map { unsafe $0 + place })
            }
        }
    }

    /// Writes the step w − v + A⁻¹·s of a factored system, with w the solution for the current right-hand side and s
    /// still unknown.
    ///
    /// - Parameter place: the start of the step, which takes `SharedSteps.size` floats.
    public func copyStep(from v: ArraySlice<Float>, to target: inout MutableSpan<Float>, at place: Int) {
        precondition(v.count == order && target.count >= place + SharedSteps.size(order), "shapes of a step")
        unsafe target.withUnsafeMutableBufferPointer { target in
            unsafe kindred_invert_factored(
                Int64(order), matrix.baseAddress, Int64(stride), target.baseAddress.map { unsafe $0 + place })
        }
        let start = place + order * stride
        for index in 0..<order { target[start + index] = vector[index] - v[v.startIndex + index] }
        for index in order..<stride { target[start + index] = 0 }
    }
}

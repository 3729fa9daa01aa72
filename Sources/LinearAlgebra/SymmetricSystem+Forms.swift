internal import CKernels

/// Systems from quadratic forms, and forms from systems.
extension SymmetricSystem {
    /// Adds Σ factors·G over some rows to A.
    ///
    /// - Parameter factors: as many as rows.
    public mutating func add(_ forms: QuadraticForms, rows: ArraySlice<Int32>, times factors: ArraySlice<Float>) {
        precondition(forms.order == order, "order of the forms")
        unsafe forms.add(rows, times: factors, to: matrix)
    }

    /// b ← b + A·v.
    public mutating func addProduct(of v: ArraySlice<Float>) {
        precondition(v.count == order, "an element for every unknown")
        let first = v.startIndex
        for row in 0..<order {
            var sum = unsafe matrix[row * stride + row] * v[first + row]
            for column in row + 1..<max(order, row + 1) {
                let element = unsafe matrix[row * stride + column]
                sum += element * v[first + column]
                vector[column] += element * v[first + row]
            }
            vector[row] += sum
        }
    }

    /// Writes the form of a finished system about a point z: G = A and e = b − A·z, not moved yet.
    ///
    /// - Parameter place: where the form begins, of `QuadraticForms.size` floats.
    public func copyForm(about z: ArraySlice<Float>, to target: inout MutableSpan<Float>, at place: Int) {
        precondition(z.count == order, "an element for every unknown")
        let residuals = place + order * stride
        for row in 0..<order {
            let start = place + row * stride
            var product: Float = 0
            for column in 0..<order {
                let element = unsafe matrix[min(row, column) * stride + max(row, column)]
                target[start + column] = element
                product += element * z[z.startIndex + column]
            }
            for column in order..<stride { target[start + column] = 0 }
            target[residuals + row] = vector[row] - product
        }
        for index in residuals + order..<place + QuadraticForms.size(order) { target[index] = 0 }
    }

    /// Writes the step w − v + A⁻¹·s of a factored system, w its solution for the right side so far, and s still to come.
    ///
    /// - Parameter place: where the step begins, of `SharedSteps.size` floats.
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

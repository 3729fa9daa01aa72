import Engine
import LinearAlgebra
import Testing

struct ArithmeticTests {
    private func counts(_ change: (inout OperationCounts) -> Void) -> OperationCounts {
        var counts = OperationCounts()
        change(&counts)
        return counts
    }

    @Test func `shares of the multiply-adds add up to one`() {
        let arithmetic = Arithmetic(
            counts {
                $0.blasMultiplyAdds = 25
                $0.laneMultiplyAdds = 70
                $0.pairMultiplyAdds = 5
            })
        #expect(arithmetic.products.multiplyAdds == 100)
        #expect(arithmetic.products.blasShare == 0.25 && arithmetic.products.laneShare == 0.7)
        #expect(arithmetic.products.pairShare == 0.05)
    }

    @Test func `one line names the libraries and their work`() {
        let (blas, lapack) = (NumericLibrary.blas, NumericLibrary.lapack)
        #expect(Arithmetic(OperationCounts()).text == "")
        #expect(Arithmetic(counts { $0.laneMultiplyAdds = 9 }).text == "products by kernels")
        let mixed = counts {
            $0.laneMultiplyAdds = 94
            $0.blasMultiplyAdds = 6
            $0.lapackFactorizations = 20
        }
        #expect(
            Arithmetic(mixed).text
                == "products 94 % by kernels, 6 % by \(blas.name) \(blas.version); 20 systems by \(lapack.name) \(lapack.version)"
        )
        #expect(Arithmetic(counts { $0.kernelFactorizations = 3 }).text == "3 systems by the kernel")
        #expect(Arithmetic(counts { $0.kernelFactorizations = 1 }).text == "1 system by the kernel")
    }

    /// What a bug report needs is there, and BLAS is held to one thread.
    @Test func `libraries are named with their versions`() {
        #expect(NumericLibrary.blas.name.hasPrefix("OpenBLAS") && NumericLibrary.blas.version.contains("."))
        #expect(NumericLibrary.lapack.version.contains(".") && NumericLibrary.blas.threads == 1)
        #expect(["x86-64", "x86-64-v3", "x86-64-v4", "aarch64"].contains(NumericLibrary.processorLevel))
    }
}

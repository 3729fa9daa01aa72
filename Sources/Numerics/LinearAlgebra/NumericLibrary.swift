internal import CKernels
internal import CLAPACKE
internal import COpenBLAS

/// A numeric library as loaded by this process.
public struct NumericLibrary: Sendable, Codable, Equatable {
    /// The name, such as `OpenBLAS`.
    public let name: String
    /// The version, such as `0.3.21`.
    public let version: String
    /// The kernels the library selected for this processor.
    public let core: String
    /// Threads per call.
    public let threads: Int

    /// The BLAS in use.
    public static var blas: NumericLibrary {
        BLASThreading.useSingleThread()
        let (name, version) = openBLAS
        return NumericLibrary(name: name, version: version, core: core, threads: BLASThreading.threadCount)
    }

    /// OpenBLAS includes LAPACK, but another implementation may be installed in its place.
    public static var lapack: NumericLibrary {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        unsafe LAPACKE_ilaver(&major, &minor, &patch)
        let file = unsafe kindred_symbol_file(kindred_spotrf_address()).map { unsafe String(cString: $0) } ?? ""
        let isOpenBLAS = file.lowercased().contains("openblas")
        let library = isOpenBLAS ? openBLAS.name : file.split(separator: "/").last.map(String.init) ?? "unknown"
        return NumericLibrary(
            name: "\(library) (LAPACK)", version: isOpenBLAS ? openBLAS.version : "\(major).\(minor).\(patch)",
            core: isOpenBLAS ? core : "", threads: BLASThreading.threadCount)
    }

    /// The widest instruction set level the kernels use, by its compiler name: `x86-64-v3` has AVX2.
    public static var processorLevel: String { unsafe String(cString: kindred_processor_level()) }

    private static var core: String { unsafe String(cString: openblas_get_corename()) }

    /// The first words of its configuration: `OpenBLAS 0.3.21 …`.
    private static var openBLAS: (name: String, version: String) {
        let words = unsafe String(cString: openblas_get_config()).split(separator: " ").map(String.init)
        return words.count > 1 ? (words[0], words[1]) : ("OpenBLAS", "of unknown version")
    }
}

extension NumericLibrary: CustomStringConvertible {
    /// As in `OpenBLAS 0.3.21, Zen kernels, 1 thread a call`.
    public var description: String {
        "\(name) \(version)\(core.isEmpty ? "" : ", \(core) kernels"), \(threads) thread\(threads == 1 ? "" : "s") a call"
    }
}

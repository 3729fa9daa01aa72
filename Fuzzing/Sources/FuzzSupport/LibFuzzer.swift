#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What becomes of an input.
public enum Verdict: CInt {
    /// It was read, or refused as it should be.
    case done = 0
    /// It is of no use to this fuzzer, and to be forgotten.
    case useless = -1
}

nonisolated(unsafe) private var test: ([UInt8]) -> Verdict = { _ in .useless }

/// Runs libFuzzer with the arguments of the process.
///
/// The package manager links the entry point of a program as `main`, in the place of the one that libFuzzer brings.
///
/// - Parameter body: tries an input, copied to exactly as many bytes, so that the sanitizer sees each one beyond them.
public func fuzz(_ body: @escaping ([UInt8]) -> Verdict) -> Never {
    test = body
    var (count, arguments) = (CommandLine.argc, CommandLine.unsafeArgv)
    exit(runDriver(&count, &arguments, testOneInput))
}

/// libFuzzer links to it by this name.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    test(Array(UnsafeBufferPointer(start: bytes, count: count))).rawValue
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

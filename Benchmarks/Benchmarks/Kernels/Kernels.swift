import Benchmark

let benchmarks: @Sendable () -> Void = {
    gemmBenchmarks()
    tileBenchmarks()
    topKBenchmarks()
    choleskyBenchmarks()
}

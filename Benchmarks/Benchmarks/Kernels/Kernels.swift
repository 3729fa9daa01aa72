import Benchmark

let benchmarks: @Sendable () -> Void = {
    gemmBenchmarks()
    sparseTileBenchmarks()
    topKBenchmarks()
    choleskyBenchmarks()
}

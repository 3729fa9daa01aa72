import Benchmark

let benchmarks: @Sendable () -> Void = {
    explicitBenchmarks()
    implicitBenchmarks()
    bayesianBenchmarks()
}

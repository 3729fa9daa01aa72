public import Benchmark
import CAllocations

/// What a run did, once its result has been found right.
public struct Outcome {
    /// Sizes of the input and counts of the result, by the names that `measure` was given.
    public var counts: [Int]
    /// Units of work done, for the rate.
    public var work: Double

    public init(_ counts: [Int], work: Double = 0) {
        self.counts = counts
        self.work = work
    }
}

/// A result that is not what it has to be.
public struct WrongResult: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}

/// Throws where a result does not hold.
public func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    if !condition { throw WrongResult(description: message()) }
}

/// A benchmark of one call: `body` is measured; `check` is not, fails the benchmark by throwing, and tells what was done.
///
/// Beside the time stand the allocations, on which the thresholds are, the counts and the rate. A first run that does not
/// count warms up caches and what is made once.
///
/// - Parameters:
///   - name: without spaces and slashes, for the file of its thresholds has that name.
///   - counts: names of the counts that `check` returns.
///   - rate: the unit of work a second, such as `MFLOP/s`, or nil.
public func measure<Input, Output>(
    _ name: String, runs: Int = 5, counts: [String], rate: String? = nil,
    of input: @escaping () throws -> Input,
    _ body: @escaping (Input) throws -> Output,
    check: @escaping (Input, Output) throws -> Outcome
) {
    let countMetrics = counts.map { BenchmarkMetric.custom($0, useScalingFactor: false) }
    let rateMetric = rate.map { BenchmarkMetric.custom($0, polarity: .prefersLarger, useScalingFactor: false) }
    let configuration = Benchmark.Configuration(
        metrics: [.wallClock, .allocations] + countMetrics + (rateMetric.map { [$0] } ?? []),
        timeUnits: .microseconds, warmupIterations: 1, maxDuration: .seconds(20), maxIterations: runs,
        thresholds: [.allocations: BenchmarkThresholds(relative: [.p90: 10])])
    Benchmark(
        name, configuration: configuration,
        closure: { benchmark, input in
            let clock = ContinuousClock()
            let allocations = allocation_count()
            benchmark.startMeasurement()
            let begin = clock.now
            let output = try body(input)
            let seconds = (clock.now - begin) / .seconds(1)
            benchmark.stopMeasurement()
            benchmark.measurement(.allocations, allocation_count() - allocations)
            let outcome = try check(input, output)
            for (metric, count) in zip(countMetrics, outcome.counts) { benchmark.measurement(metric, count) }
            if let rateMetric { benchmark.measurement(rateMetric, Int(outcome.work / seconds)) }
        },
        setup: { try input() })
}

extension BenchmarkMetric {
    /// Blocks of memory asked for.
    public static let allocations = BenchmarkMetric.custom("Allocations", useScalingFactor: false)
}

// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The benchmarks of one room. Each imports what it measures, so all of them see the whole library.
func benchmarks(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: [
            "Inputs",
            .product(name: "Benchmark", package: "benchmark"),
            .product(name: "Kindred", package: "Kindred"),
        ],
        path: "Benchmarks/\(name)",
        swiftSettings: strict,
        plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS("26.0")],
    dependencies: [
        // A name of its own: without one the package would be called like the folder of the checkout.
        .package(name: "Kindred", path: ".."),
        // Its counters of mallocs and of references need packages beyond these; `CAllocations` counts instead.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
    ],
    targets: [
        .target(name: "CAllocations"),
        // Links to the generator in `Datasets`, without the HTTP client and the cryptography that the rest of it needs.
        .target(
            name: "Synthetic",
            dependencies: [
                .product(name: "Kindred", package: "Kindred"),
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            swiftSettings: strict),
        .target(
            name: "Inputs",
            dependencies: [
                "CAllocations", "Synthetic",
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "Kindred", package: "Kindred"),
            ],
            swiftSettings: strict),
        benchmarks("Kernels"),
        benchmarks("Loading"),
        benchmarks("Similarity"),
        benchmarks("GraphBenchmarks"),
        benchmarks("ALS"),
        benchmarks("RecommendAll"),
        benchmarks("EndToEnd"),
    ]
)

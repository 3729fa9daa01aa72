// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// What is fuzzed; a product only where KINDRED_LIBRARIES is set, as `script/fuzz` sets it.
let readers = Target.Dependency.product(name: "Readers", package: "Kindred")

/// A fuzzer of libFuzzer, which brings `main` along; `script/fuzz` builds it with the flags that this needs.
func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["FuzzSupport", readers],
        swiftSettings: strict)
}

let package = Package(
    name: "Fuzzing",
    platforms: [.macOS("26.0")],
    dependencies: [
        // A name of its own: without one the package would be called like the folder of the checkout.
        .package(name: "Kindred", path: "..", traits: [])
    ],
    targets: [
        .target(
            name: "FuzzSupport", dependencies: [readers], swiftSettings: strict),
        fuzzer("FuzzRatings"),
        fuzzer("FuzzCatalogs"),
        fuzzer("FuzzModels"),
        fuzzer("FuzzArchives"),
        fuzzer("FuzzWorker"),
    ]
)

// swift-tools-version: 6.2
import PackageDescription

/// `KINDRED_CHECKS=1 swift build` verifies the invariants of every matrix and graph that is made; `script/test` does.
let checks: [SwiftSetting] =
    Context.environment["KINDRED_CHECKS"] == nil ? [] : [.define("KINDRED_CHECKS")]

/// Warnings are errors, and unsafe code has to say so: it lives in `LinearAlgebra`, and calls of C in `Platform`.
let strict: [SwiftSetting] =
    checks + [
        .treatAllWarnings(as: .error),
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: strict + [.enableUpcomingFeature("InternalImportsByDefault")])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let realModule = Target.Dependency.product(name: "RealModule", package: "swift-numerics")

let package = Package(
    name: "Kindred",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "kindred", targets: ["kindred"]),
        .library(
            name: "Kindred",
            targets: [
                "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Evaluation", "Interchange",
                "Engine",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
        .systemLibrary(
            name: "CLAPACKE", pkgConfig: "lapacke",
            providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),

        // Inner loops that need the widest vectors of the processor; `LinearAlgebra` alone calls them.
        .target(name: "CKernels"),

        // From the bottom up: each room imports only what stands above it here.
        room("Platform", []),
        room("LinearAlgebra", ["CKernels", "COpenBLAS", "CLAPACKE", realModule]),
        room("Ratings", ["LinearAlgebra"]),
        room("Graphs", ["LinearAlgebra", realModule]),
        room("Neighbors", ["LinearAlgebra", "Ratings", "Graphs", realModule]),
        room("Factorization", ["LinearAlgebra", "Ratings", realModule]),
        room("Evaluation", ["LinearAlgebra", "Ratings", realModule]),
        room(
            "Interchange",
            [
                "Platform", "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Evaluation",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]),
        room(
            "Store",
            [
                "Ratings", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        room(
            "Engine", ["LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Evaluation", realModule]),
        room(
            "Live",
            ["LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Evaluation", "Engine", "Interchange", "Store"]),
        .target(
            name: "Service",
            dependencies: [
                "Platform", "Ratings", "Graphs", "Neighbors", "Engine", "Interchange", "Store", "Live",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.copy("Resources")],
            swiftSettings: strict + [.enableUpcomingFeature("InternalImportsByDefault")]),
        room(
            "Datasets",
            [
                "LinearAlgebra", realModule,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "kindred",
            dependencies: [
                "Platform", "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Interchange",
                "Engine", "Datasets", "Evaluation", "Store", "Live", "Service",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict, plugins: ["CommitStamp"]),
        .plugin(name: "CommitStamp", capability: .buildTool()),

        .target(
            name: "TestSupport", dependencies: ["LinearAlgebra", "Ratings", "Graphs"], path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("LinearAlgebraTests", ["LinearAlgebra", "TestSupport"]),
        tests("RatingsTests", ["Ratings", "LinearAlgebra", "TestSupport"]),
        tests("GraphsTests", ["Graphs", "LinearAlgebra", "TestSupport"]),
        tests("NeighborsTests", ["Neighbors", "Graphs", "Ratings", "LinearAlgebra", "TestSupport"]),
        tests("FactorizationTests", ["Factorization", "Ratings", "LinearAlgebra", "TestSupport"]),
        tests("EvaluationTests", ["Evaluation", "LinearAlgebra", "Ratings", "TestSupport"]),
        tests(
            "EngineTests",
            ["Engine", "Evaluation", "Factorization", "Neighbors", "Ratings", "LinearAlgebra", "TestSupport"]),
        tests(
            "InterchangeTests",
            [
                "Interchange", "Evaluation", "Factorization", "Ratings", "LinearAlgebra", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        tests(
            "StoreTests",
            [
                "Store", "Ratings", "LinearAlgebra", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests("LiveTests", ["Live", "Engine", "Ratings", "Store", "TestSupport"]),
        tests(
            "DatasetsTests",
            [
                "Datasets", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        // The command line as a user runs it; it finds the program beside the tests.
        tests(
            "KindredTests",
            ["kindred", "Factorization", "Graphs", "Interchange", "LinearAlgebra", "Ratings", "TestSupport"]),
        // Models on the canonical folds of MovieLens 100K.
        tests(
            "AccuracyTests", ["Evaluation", "Factorization", "Interchange", "Neighbors", "Ratings", "TestSupport"]),
    ]
)

// swift-tools-version: 6.2
import PackageDescription

/// `KINDRED_CHECKS=1 swift build` verifies the invariants of every matrix and graph that is made; `script/test` does.
let checks: [SwiftSetting] =
    Context.environment["KINDRED_CHECKS"] == nil ? [] : [.define("KINDRED_CHECKS")]

/// Warnings are errors, and unsafe code has to say so: it lives in `LinearAlgebra`, calls of C in `Platform`, calls by C in
/// `KindredC`.
let strict: [SwiftSetting] =
    checks + [
        .treatAllWarnings(as: .error),
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]

/// A floor of the house: a folder of `Sources`. A target imports what stands before it on its own floor and on the floors below.
enum Floor: String {
    case numerics = "Numerics", models = "Models", files = "Files", serving = "Serving", tools = "Tools"

    func room(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
        .target(
            name: name, dependencies: dependencies, path: "Sources/\(rawValue)/\(name)", resources: resources,
            swiftSettings: strict + [.enableUpcomingFeature("InternalImportsByDefault")])
    }

    func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
        .testTarget(
            name: name, dependencies: dependencies + ["TestSupport"], path: "Tests/\(rawValue)/\(name)",
            swiftSettings: strict)
    }
}

/// What a build without the trait `Serving` has no use for.
let serving = TargetDependencyCondition.when(traits: ["Serving"])

func product(_ name: String, _ package: String, _ condition: TargetDependencyCondition? = nil) -> Target.Dependency {
    .product(name: name, package: package, condition: condition)
}

let realModule = Target.Dependency.product(name: "RealModule", package: "swift-numerics")

let package = Package(
    name: "Kindred",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "kindred", targets: ["KindredCommand"]),
        .executable(name: "kindred-worker", targets: ["KindredWorker"]),
        .library(name: "Kindred", targets: ["Kindred"]),
        .library(name: "KindredC", type: .dynamic, targets: ["KindredLibrary"]),
    ],
    traits: [
        .trait(
            name: "Serving",
            description: "The store, the service and downloads: what needs SQLite, HTTP and TLS."),
        .default(enabledTraits: ["Serving"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
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
            name: "COpenBLAS", path: "Sources/Numerics/COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
        .systemLibrary(
            name: "CLAPACKE", path: "Sources/Numerics/CLAPACKE", pkgConfig: "lapacke",
            providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),
        .systemLibrary(
            name: "COpenSSL", path: "Sources/Numerics/COpenSSL", pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        // Homebrew does not link its libarchive into its prefix: pkg-config finds it where PKG_CONFIG_PATH names
        // `$(brew --prefix libarchive)/lib/pkgconfig`.
        .systemLibrary(
            name: "CArchive", path: "Sources/Numerics/CArchive", pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
        .systemLibrary(
            name: "CZlib", path: "Sources/Numerics/CZlib", pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CRDKafka", path: "Sources/Serving/CRDKafka", pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),
        .systemLibrary(name: "CMalloc", path: "Sources/Numerics/CMalloc"),
        // Inner loops that need the widest vectors of the processor; `LinearAlgebra` alone calls them.
        .target(name: "CKernels", path: "Sources/Numerics/CKernels"),
        Floor.numerics.room("Platform", ["CMalloc", "COpenSSL", "CArchive", "CZlib"]),
        Floor.numerics.room("LinearAlgebra", ["CKernels", "COpenBLAS", "CLAPACKE", realModule]),

        Floor.models.room("Ratings", ["LinearAlgebra"]),
        Floor.models.room("Graphs", ["LinearAlgebra", realModule]),
        Floor.models.room("Neighbors", ["LinearAlgebra", "Ratings", "Graphs", realModule]),
        Floor.models.room("Factorization", ["LinearAlgebra", "Ratings", realModule]),
        Floor.models.room("Evaluation", ["LinearAlgebra", "Ratings", realModule]),
        Floor.models.room(
            "Engine", ["LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Evaluation", realModule]),
        Floor.models.room("Privacy", ["LinearAlgebra", "Platform"]),

        Floor.files.room("FileOutput", ["Platform", "LinearAlgebra"]),
        Floor.files.room("RatingFiles", ["FileOutput", "Platform", "LinearAlgebra", "Ratings"]),
        Floor.files.room(
            "GraphFiles", ["FileOutput", "Platform", "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Engine"]),
        Floor.files.room(
            "ModelFiles",
            ["FileOutput", "Platform", "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Engine"]),
        Floor.files.room("Reports", ["FileOutput", "Evaluation", "Engine"]),

        // The front door for Swift.
        .target(
            name: "Kindred",
            dependencies: [
                "Platform", "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Evaluation", "Engine",
                "FileOutput", "RatingFiles", "GraphFiles", "ModelFiles", "Reports",
            ],
            swiftSettings: strict + [.enableUpcomingFeature("InternalImportsByDefault")]),

        Floor.serving.room(
            "Store",
            [
                "Platform", "Privacy", "FileOutput", "Ratings", product("GRDB", "GRDB.swift", serving),
                product("GRDBSQLite", "GRDB.swift", serving),
            ]),
        Floor.serving.room(
            "Governance",
            [
                "Platform", "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Engine", "Evaluation", "Privacy",
                "FileOutput", "Store", product("GRDB", "GRDB.swift", serving),
            ]),
        Floor.serving.room(
            "Streams",
            [
                "Platform", "LinearAlgebra", "Ratings", "Privacy", "FileOutput", "RatingFiles", "Store", "Governance",
                "CRDKafka",
                product("AsyncHTTPClient", "async-http-client", serving),
                product("NIOCore", "swift-nio", serving),
                product("NIOFoundationCompat", "swift-nio", serving),
                product("NIOHTTP1", "swift-nio", serving),
            ]),
        Floor.serving.room(
            "Sinks",
            [
                "Platform", "Ratings", "Graphs", "Neighbors", "Engine", "Privacy", "FileOutput", "Store", "Governance",
                product("AsyncHTTPClient", "async-http-client", serving),
                product("Logging", "swift-log", serving),
                product("NIOCore", "swift-nio", serving),
                product("NIOFoundationCompat", "swift-nio", serving),
                product("NIOHTTP1", "swift-nio", serving),
                product("NIOSSL", "swift-nio-ssl", serving),
            ]),
        Floor.serving.room(
            "Live",
            [
                "Platform", "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Evaluation", "Engine",
                "Privacy", "FileOutput", "GraphFiles", "ModelFiles", "Reports", "Store", "Governance",
            ]),
        Floor.serving.room(
            "Service",
            [
                "Platform", "Ratings", "Graphs", "Neighbors", "Evaluation", "Engine", "FileOutput", "GraphFiles",
                "Reports", "Privacy",
                "Store", "Governance", "Streams", "Sinks", "Live",
                product("HTTPTypes", "swift-http-types", serving),
                product("Hummingbird", "hummingbird", serving),
                product("HummingbirdCore", "hummingbird", serving),
                product("HummingbirdTLS", "hummingbird", serving),
                product("Logging", "swift-log", serving),
                product("NIOCore", "swift-nio", serving),
                product("NIOHTTP1", "swift-nio", serving),
                product("NIOHTTPCompression", "swift-nio-extras", serving),
                product("NIOHTTPTypes", "swift-nio-extras", serving),
                product("NIOHTTPTypesHTTP1", "swift-nio-extras", serving),
                product("NIOPosix", "swift-nio", serving),
                product("NIOSSL", "swift-nio-ssl", serving),
                product("ServiceLifecycle", "swift-service-lifecycle", serving),
            ],
            resources: [.copy("Resources")]),

        Floor.tools.room("Datasets", ["LinearAlgebra", realModule]),
        Floor.tools.room(
            "Downloads",
            [
                "FileOutput", "Platform", product("AsyncHTTPClient", "async-http-client", serving),
                product("NIOCore", "swift-nio", serving),
                product("NIOHTTP1", "swift-nio", serving),
                product("NIOPosix", "swift-nio", serving),
            ]),
        .executableTarget(
            name: "KindredCommand",
            dependencies: [
                "Platform", "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "Factorization", "Evaluation", "Engine",
                "FileOutput", "RatingFiles", "GraphFiles", "ModelFiles", "Reports", "Datasets",
                "Privacy", .target(name: "Store", condition: serving), .target(name: "Governance", condition: serving),
                .target(name: "Streams", condition: serving),
                .target(name: "Sinks", condition: serving),
                .target(name: "Live", condition: serving),
                .target(name: "Service", condition: serving), .target(name: "Downloads", condition: serving),
                product("ArgumentParser", "swift-argument-parser"),
                product("Logging", "swift-log", serving),
                product("TOMLKit", "TOMLKit"),
            ],
            path: "Sources/Tools/KindredCommand", resources: [.copy("Resources/Spark")], swiftSettings: strict,
            plugins: ["CommitStamp"]),
        .plugin(name: "CommitStamp", capability: .buildTool()),
        // What a cluster runs: a small program that needs no more than the libraries beside it.
        Floor.tools.room("Worker", ["LinearAlgebra", "Ratings", "Neighbors", "Factorization"]),
        .executableTarget(
            name: "KindredWorker", dependencies: ["Worker"], path: "Sources/Tools/KindredWorker", swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags(
                    ["-static-stdlib", "-Xlinker", "-rpath=$ORIGIN", "-Xlinker", "--disable-new-dtags"],
                    .when(platforms: [.linux]))
            ]),
        // The interface for C and its header; Python stands on it.
        .target(name: "CKindred", path: "Sources/Tools/CKindred"),
        Floor.tools.room("KindredC", ["Kindred", "CKindred"]),
        // The shared library: its own copy of Swift's runtime, and no symbols but those of the header.
        .target(
            name: "KindredLibrary", dependencies: ["KindredC"], path: "Sources/Tools/KindredLibrary",
            exclude: ["exports.map"], swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags(
                    [
                        // The parts of Foundation that its static libraries need and do not name.
                        "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCollections",
                        "-l_FoundationCShims",
                        // Gold exports Swift's metadata whatever the map says.
                        "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "defs", "-Xlinker", "--gc-sections", "-Xlinker",
                        "--disable-new-dtags", "-Xlinker",
                        "--version-script=\(Context.packageDirectory)/Sources/Tools/KindredLibrary/exports.map",
                    ],
                    .when(platforms: [.linux]))
            ]),

        .target(
            name: "TestSupport",
            dependencies: ["Platform", "LinearAlgebra", "Ratings", "Graphs", "Neighbors", "FileOutput"],
            path: "Tests/TestSupport", swiftSettings: strict),
        Floor.numerics.tests("PlatformTests", ["Platform"]),
        Floor.numerics.tests("LinearAlgebraTests", ["LinearAlgebra"]),
        Floor.models.tests("RatingsTests", ["Ratings", "LinearAlgebra"]),
        Floor.models.tests("GraphsTests", ["Graphs", "LinearAlgebra"]),
        Floor.models.tests("NeighborsTests", ["Neighbors", "Graphs", "Ratings", "LinearAlgebra"]),
        Floor.models.tests("FactorizationTests", ["Factorization", "Ratings", "LinearAlgebra"]),
        Floor.models.tests("EvaluationTests", ["Evaluation", "LinearAlgebra", "Ratings"]),
        Floor.models.tests(
            "EngineTests",
            ["Engine", "Evaluation", "Factorization", "Neighbors", "Graphs", "Ratings", "LinearAlgebra"]),
        Floor.models.tests("PrivacyTests", ["Privacy", "LinearAlgebra"]),
        Floor.files.tests("FileOutputTests", ["FileOutput"]),
        Floor.files.tests("RatingFilesTests", ["RatingFiles", "FileOutput", "Ratings", "LinearAlgebra"]),
        Floor.files.tests(
            "ModelFilesTests",
            [
                "ModelFiles", "FileOutput", "Platform", "Factorization", "Neighbors", "Graphs", "Ratings",
                "LinearAlgebra",
            ]),
        Floor.files.tests(
            "ReportsTests", ["Reports", "FileOutput", "Engine", "Evaluation", "Ratings", "LinearAlgebra"]),
        Floor.serving.tests(
            "StoreTests",
            [
                "ServingSupport", "Store", "Platform", "Privacy", "FileOutput", "Ratings", "LinearAlgebra",
                product("GRDB", "GRDB.swift", serving),
            ]),
        Floor.serving.tests(
            "GovernanceTests",
            [
                "ServingSupport", "Governance", "Store", "Privacy", "Engine", "Ratings", "FileOutput", "Platform",
                "LinearAlgebra", product("GRDB", "GRDB.swift", serving),
            ]),
        Floor.serving.tests(
            "StreamsTests",
            [
                "ServingSupport", "Streams", "CRDKafka", "Store", "RatingFiles", "FileOutput", "Platform", "Ratings",
                "LinearAlgebra",
            ]),
        Floor.serving.tests(
            "SinksTests",
            [
                "ServingSupport", "Sinks", "Store", "Engine", "Graphs", "Ratings", "FileOutput", "Platform",
                "LinearAlgebra", "Privacy",
                product("Logging", "swift-log", serving),
                product("NIOCore", "swift-nio", serving),
                product("NIOHTTP1", "swift-nio", serving),
                product("NIOHTTPCompression", "swift-nio-extras", serving),
                product("NIOPosix", "swift-nio", serving),
            ]),
        .target(
            name: "ServingSupport",
            dependencies: ["Live", "Engine", "Factorization", "FileOutput", "Ratings", "Store", "TestSupport"],
            path: "Tests/Serving/ServingSupport", swiftSettings: strict),
        Floor.serving.tests(
            "LiveTests",
            ["ServingSupport", "Live", "Engine", "Evaluation", "Neighbors", "Ratings", "LinearAlgebra", "Store"]),
        // Every route of the service, asked without a socket.
        Floor.serving.tests(
            "ServiceTests",
            [
                "ServingSupport", "KindredCommand", "Platform", "LinearAlgebra", "Privacy", "Service", "Live",
                "Streams",
                "Sinks", "Store", "Governance", "Engine",
                "Neighbors",
                "Graphs", "Ratings",
                product("HTTPTypes", "swift-http-types", serving),
                product("Hummingbird", "hummingbird", serving),
                product("HummingbirdCore", "hummingbird", serving),
                product("HummingbirdTesting", "hummingbird", serving),
                product("Logging", "swift-log", serving),
                product("NIOCore", "swift-nio", serving),
                product("NIOEmbedded", "swift-nio", serving),
                product("NIOHTTP1", "swift-nio", serving),
            ]),
        Floor.tools.tests("DatasetsTests", ["Datasets"]),
        Floor.tools.tests(
            "DownloadsTests",
            [
                "Downloads", "Platform", product("NIOCore", "swift-nio", serving),
                product("NIOPosix", "swift-nio", serving),
            ]),
        Floor.tools.tests(
            "WorkerTests", ["Worker", "Factorization", "Neighbors", "Ratings", "LinearAlgebra"]),
        Floor.tools.tests("KindredCTests", ["KindredC", "CKindred", "Kindred"]),
        // The command line as a user runs it; it finds the program beside the tests.
        Floor.tools.tests(
            "KindredCommandTests",
            [
                "KindredCommand", "Factorization", "Neighbors", "Graphs", "RatingFiles", "ModelFiles",
                "FileOutput", "Platform", "LinearAlgebra", "Ratings",
                product("GRDB", "GRDB.swift", serving),
            ]),
        // Models on the canonical folds of MovieLens 100K.
        .testTarget(
            name: "AccuracyTests",
            dependencies: [
                "Engine", "Evaluation", "Factorization", "RatingFiles", "Neighbors", "Ratings", "TestSupport",
            ],
            path: "Tests/Kindred/AccuracyTests", swiftSettings: strict),
    ]
)

// The libraries and their tests alone, and the readers as a product: less to build under `script/sanitize` and `script/fuzz`.
if Context.environment["KINDRED_LIBRARIES"] != nil {
    let left = [
        "Service", "ServiceTests", "Downloads", "DownloadsTests", "KindredCommand", "KindredCommandTests",
        "KindredWorker", "KindredLibrary",
        "AccuracyTests",
    ]
    package.targets.removeAll { left.contains($0.name) }
    package.products.removeAll { $0.name != "Kindred" }
    package.products.append(.library(name: "Readers", targets: ["FileOutput", "RatingFiles", "ModelFiles", "Worker"]))
}

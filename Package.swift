// swift-tools-version: 6.2
import PackageDescription

// `CORE_ONLY=1` leaves out everything above the cores, so that they build and test in seconds.
let coreOnly = Context.environment["CORE_ONLY"] == "1"

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let coreSettings = settings + [.strictMemorySafety()]

let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

var dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0")
]

var targets: [Target] = [
    // Level 0: what all rooms share.
    .target(
        name: "CKernels",
        cSettings: [.treatAllWarnings(as: .error)]
    ),
    .target(name: "Domain", swiftSettings: coreSettings),

    // Level 1: the activities.
    .target(name: "Scheduling", dependencies: ["Domain", heap], swiftSettings: coreSettings),
    .target(name: "Planning", dependencies: ["Domain", heap], swiftSettings: coreSettings),
    .target(name: "Tokenization", dependencies: ["Domain", heap], swiftSettings: settings),
    .target(name: "Inference", dependencies: ["Domain", "CKernels"], swiftSettings: settings),

    // Level 2: the one state machine.
    .target(
        name: "Cluster",
        dependencies: ["Domain", "Scheduling", "Planning", heap],
        swiftSettings: coreSettings
    ),

    // Level 3, but as pure as the cores: the state machine in virtual time.
    .target(
        name: "Simulation",
        dependencies: ["Domain", "Scheduling", "Planning", "Cluster", heap],
        swiftSettings: coreSettings
    ),

    // What the core allocates, with limits that are part of the repository.
    .target(
        name: "MallocCounter", path: "Benchmarks/MallocCounter",
        cSettings: [.treatAllWarnings(as: .error)]
    ),
    .executableTarget(
        name: "CoreAllocations",
        dependencies: ["Cluster", "Planning", "Scheduling", "Domain", "MallocCounter"],
        path: "Benchmarks/CoreAllocations", swiftSettings: settings),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    .testTarget(
        name: "CKernelsTests", dependencies: ["CKernels", "TestSupport"], swiftSettings: settings),
    .testTarget(
        name: "DomainTests", dependencies: ["Domain", "TestSupport"], swiftSettings: settings),
    .testTarget(
        name: "SchedulingTests", dependencies: ["Scheduling", "Domain", "TestSupport"],
        swiftSettings: settings),
    .testTarget(
        name: "PlanningTests", dependencies: ["Planning", "Domain", "TestSupport"],
        swiftSettings: settings),
    .testTarget(
        name: "ClusterTests",
        dependencies: ["Cluster", "Planning", "Scheduling", "Domain", "TestSupport"],
        swiftSettings: settings),
    .testTarget(
        name: "SimulationTests",
        dependencies: [
            "Simulation", "Cluster", "Planning", "Scheduling", "Domain", "TestSupport",
        ],
        swiftSettings: settings),
    .testTarget(
        name: "TokenizationTests",
        dependencies: ["Tokenization", "Domain", "TestSupport"],
        exclude: ["Fixtures", "Templates"],
        swiftSettings: settings
    ),
    .testTarget(
        name: "InferenceTests",
        dependencies: ["Inference", "CKernels", "Domain", "TestSupport"],
        exclude: ["Fixtures"],
        swiftSettings: settings
    ),
    .testTarget(name: "TidyTests", swiftSettings: settings),
]

if !coreOnly {
    dependencies += [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ]
    targets += [
        // Level 3: the shells around the state machine.
        .target(name: "Telemetry", dependencies: ["Domain"], swiftSettings: settings),
        .target(
            name: "Runtime",
            dependencies: [
                "Cluster", "Inference", "Planning", "Scheduling", "Telemetry", "Domain",
            ],
            swiftSettings: settings
        ),

        // Level 4: the wire.
        .target(
            name: "Gateway",
            dependencies: [
                "Domain", "Tokenization", "Telemetry", logging,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),

        .target(
            name: "Benchmarking",
            dependencies: [
                "Domain", "Telemetry",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),

        // Level 5: the command line.
        .executableTarget(
            name: "kunserve",
            dependencies: [
                "Gateway", "Runtime", "Benchmarking", "Simulation", "Inference", "Tokenization",
                "Telemetry", "Cluster", "Planning", "Scheduling", "Domain",
                logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),

        .testTarget(
            name: "TelemetryTests", dependencies: ["Telemetry", "Domain"], swiftSettings: settings),
        .testTarget(
            name: "BenchmarkingTests",
            dependencies: [
                "Benchmarking", "Domain", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "RuntimeTests",
            dependencies: [
                "Runtime", "Inference", "Cluster", "Planning", "Scheduling", "Telemetry", "Domain",
                "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "Tokenization", "Telemetry", "Domain", "TestSupport", logging,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
    ]
}

let package = Package(
    name: "kunserve",
    products: coreOnly ? [] : [.executable(name: "kunserve", targets: ["kunserve"])],
    dependencies: dependencies,
    targets: targets
)

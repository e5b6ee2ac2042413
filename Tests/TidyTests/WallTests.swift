import Testing

/// Imports draw the walls between rooms: arrows go only downwards.
struct WallTests {
    private static let system: Set<String> = ["Glibc", "Musl", "Darwin", "Synchronization"]
    /// By target: what it may import besides the standard library.
    private static let allowed: [String: Set<String>] = [
        "Domain": [],
        "Scheduling": ["Domain", "HeapModule"],
        "Planning": ["Domain", "HeapModule"],
        "Tokenization": system.union(["Domain", "HeapModule", "FoundationEssentials"]),
        "Inference": system.union(["Domain", "CKernels"]),
        "Cluster": ["Domain", "Scheduling", "Planning", "HeapModule"],
        "Simulation": ["Domain", "Scheduling", "Planning", "Cluster", "HeapModule"],
        "Telemetry": system.union(["Domain"]),
        "Runtime": system.union(["Domain", "Cluster", "Scheduling", "Planning"])
            .union(["Inference", "Telemetry"]),
        "Benchmarking": system.union(["Domain", "Telemetry", "NIOCore", "NIOPosix", "NIOHTTP1"])
            .union(["FoundationEssentials"]),
        "Gateway": system.union(["Domain", "Tokenization", "Telemetry", "Hummingbird"])
            .union(["HummingbirdCore", "HTTPTypes", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix"])
            .union(["FoundationEssentials", "ServiceLifecycle", "HTTPTypesFoundation"]),
    ]

    @Test(arguments: SourceTree.swift.filter(\.isSource))
    func importsStayWithinTheWalls(file: SourceFile) throws {
        let pattern = /^\s*(@testable )?(package |internal |public |private )?import (\w+)/
        for (number, text) in file.codeLines {
            guard let match = text.firstMatch(of: pattern) else { continue }
            #expect(match.2 != nil, "\(file):\(number): an import without an access level")
            guard let allowed = Self.allowed[file.target] else { continue }
            let module = String(match.3)
            #expect(allowed.contains(module), "\(file):\(number): may not import \(module)")
        }
    }

    @Test func everyTargetHasARule() {
        let targets = Set(SourceTree.swift.filter(\.isSource).map(\.target))
        #expect(targets.subtracting(Self.allowed.keys) == ["kunserve"])
    }
}

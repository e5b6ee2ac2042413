import Planning
import Testing

struct AutoscalingConfigurationTests {
    /// C19
    @Test func policiesAndAblationsHaveNames() {
        let policies = ["chiron", "freeness-band", "packing", "off"]
        #expect(AutoscalingPolicy.allCases.map(\.rawValue) == policies)
        #expect(ChironParts.allCases.map(\.rawValue) == ["all", "local-only", "global-only"])
    }

    private struct Case: Sendable {
        var policy: AutoscalingPolicy
        var parts = ChironParts.all
        var size: Int?
        /// What is controlled.
        var batches = false
        var instances = false
    }

    private static let cases = [
        Case(policy: .chiron, batches: true, instances: true),
        Case(policy: .chiron, parts: .localOnly, batches: true),
        Case(policy: .chiron, parts: .globalOnly, instances: true),
        Case(policy: .chiron, size: 64, instances: true),
        Case(policy: .freenessBand, instances: true),
        Case(policy: .freenessBand, parts: .localOnly, instances: true),
        Case(policy: .packing, instances: true),
        Case(policy: .off),
    ]

    /// C19: what each of them controls.
    @Test(arguments: cases)
    private func partsAreSwitchedSeparately(expected: Case) {
        var configuration = AutoscalingConfiguration()
        (configuration.policy, configuration.parts) = (expected.policy, expected.parts)
        configuration.staticBatchSize = expected.size
        #expect(configuration.controlsBatchSize == expected.batches)
        #expect(configuration.controlsInstances == expected.instances)
    }
}

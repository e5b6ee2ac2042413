internal import Domain

extension ClusterPreset {
    /// By name. Complexity: O(presets).
    package static func named(_ name: String) -> ClusterPreset? { all.first { $0.name == name } }

    package static let all: [ClusterPreset] = [
        a800Qwen14B, h800Qwen72B, a10Llama7B, a100Llama8B, a100Llama70B, h100Llama8B,
        h100Llama70B, h200Llama8B, h200Llama70B,
    ]

    /// Cluster A of KunServe §10.
    private static let a800Qwen14B = ClusterPreset(
        name: "a800-qwen2.5-14b", .a800, .qwen25x14B,
        nodes: Nodes(instances: 1, near: a100Near, far: .rdma200), instanceCount: 8,
        blockSize: 64, cpuPerStep: engineOf2023,
        provenance: """
            Eight servers of one A800 each, 200 Gb/s RDMA (KunServe section 10). Layers: measured \
            products of matrices of an A100 (AIConfigurator) plus measured element-wise operations \
            (Vidur), added up for this model; attention: measured (AIConfigurator). An A800 \
            computes as an A100. Assumed: 22 GB/s of the 200 Gb/s, 5 ms of processor per step, \
            host 25 GB/s, disk 2 GB/s.
            """)

    /// Cluster B of KunServe §10.
    private static let h800Qwen72B = ClusterPreset(
        name: "h800-qwen2.5-72b", .h800, .qwen25x72B, tensorParallel: 4,
        nodes: Nodes(
            instances: 2,
            near: LinkSpeed(latency: h100Near.latency, bytesPerSecond: 300e9), far: .rdma400),
        instanceCount: 4, blockSize: 64, cpuPerStep: engineOf2023,
        provenance: """
            Two servers of eight H800, four to an instance, NVLink 300 GB/s inside and 400 Gb/s \
            RDMA between (KunServe section 10). Layers: measured products of matrices of an H100 \
            (AIConfigurator) plus measured element-wise operations (Vidur), added up for this \
            model; attention and all-reduce: measured (AIConfigurator), the bytes of the latter at \
            400/900 of the speed. An H800 computes as an H100. Assumed: 45 GB/s of the 400 Gb/s, \
            one link per instance, 5 ms of processor per step, host 25 GB/s per device, disk \
            2 GB/s.
            """)

    /// The cluster of Llumnix §6.
    private static let a10Llama7B = ClusterPreset(
        name: "a10-llama-7b", .a10, .llama7B,
        nodes: Nodes(
            instances: 4, near: LinkSpeed(latency: .microseconds(30), bytesPerSecond: 12e9),
            far: LinkSpeed(latency: .microseconds(50), bytesPerSecond: 7e9)),
        instanceCount: 16, maxModelLength: 12_288, cpuPerStep: engineOf2023,
        workspace: ByteCount(1_050_000_000),
        provenance: """
            Four machines of four A10, 64 Gb/s between them (Llumnix section 6). Nobody's table: \
            derived from Llama-2-7B on an A100 (layers: Vidur; attention: AIConfigurator) by the \
            ratio of the data sheets' bandwidths, 600/2039, and operations, 125/312. The workspace \
            is chosen so that the KV holds what Llumnix publishes, 13,616 tokens, to the page. \
            Sequences may be as long as its longest inputs and outputs together, longer than the \
            model was made for. Assumed: 7 GB/s between machines for each instance (four share \
            it), 12 GB/s within, 5 ms of processor per step, host 25 GB/s, disk 2 GB/s.
            """)

    private static let a100Llama8B = ClusterPreset(
        name: "a100-llama-3-8b", .a100, .llama3x8B,
        nodes: Nodes(instances: 8, near: a100Near, far: .rdma200), instanceCount: 8,
        provenance: """
            Layers: measured for this model (Vidur); attention: measured (AIConfigurator); NVLink: \
            measured (Vidur). \(commonAssumptions) 22 GB/s between nodes.
            """)

    private static let a100Llama70B = ClusterPreset(
        name: "a100-llama-3-70b", .a100, .llama3x70B, tensorParallel: 4,
        nodes: Nodes(instances: 2, near: a100Near, far: .rdma200), instanceCount: 8,
        provenance: """
            Layers: measured for this model (Vidur); attention and all-reduce: measured \
            (AIConfigurator); NVLink: measured (Vidur). \(commonAssumptions) 22 GB/s between \
            nodes, one link per instance.
            """)

    private static let h100Llama8B = ClusterPreset(
        name: "h100-llama-3-8b", .h100, .llama3x8B,
        nodes: Nodes(instances: 8, near: h100Near, far: h100Far), instanceCount: 8,
        provenance: """
            Layers: measured products of matrices (AIConfigurator) plus measured element-wise \
            operations (Vidur), added up for this model; attention: measured (AIConfigurator); \
            NVLink and network between nodes: measured (Vidur). \(commonAssumptions)
            """)

    private static let h100Llama70B = ClusterPreset(
        name: "h100-llama-3-70b", .h100, .llama3x70B, tensorParallel: 4,
        nodes: Nodes(instances: 2, near: h100Near, far: h100Far), instanceCount: 8,
        provenance: """
            Layers: measured products of matrices (AIConfigurator) plus measured element-wise \
            operations (Vidur), added up for this model; attention and all-reduce: measured \
            (AIConfigurator); NVLink and network between nodes: measured (Vidur). \
            \(commonAssumptions) One link per instance.
            """)

    private static let h200Llama8B = ClusterPreset(
        name: "h200-llama-3-8b", .h200, .llama3x8B,
        nodes: Nodes(instances: 8, near: h100Near, far: h100Far), instanceCount: 8,
        provenance: """
            Layers: measured products of matrices (AIConfigurator) plus an H100's measured \
            element-wise operations (Vidur), added up for this model; attention: measured \
            (AIConfigurator). NVLink and network as measured of an H100 (Vidur). \
            \(commonAssumptions)
            """)

    private static let h200Llama70B = ClusterPreset(
        name: "h200-llama-3-70b", .h200, .llama3x70B, tensorParallel: 4,
        nodes: Nodes(instances: 2, near: h100Near, far: h100Far), instanceCount: 8,
        provenance: """
            Layers: measured products of matrices (AIConfigurator) plus an H100's measured \
            element-wise operations (Vidur), added up for this model; attention and all-reduce: \
            measured (AIConfigurator). NVLink and network as measured of an H100 (Vidur). \
            \(commonAssumptions) One link per instance.
            """)
}

// MARK: - What they have in common

extension ClusterPreset {
    private static let commonAssumptions = """
        Assumed: 0.5 ms of processor per step, host 25 GB/s per device, disk 2 GB/s.
        """

    /// Seconds per step beside the device. Of vLLM of 2023, 5 ms are what its measured steps take
    /// longer than the model on two or four H100 (splitwise-sim); elsewhere this is assumed. For
    /// engines with captured graphs 0.1 to 1 ms are usual.
    private static let engineOf2023 = 5e-3
    private static let engineOf2025 = 0.5e-3
    private static let cpuPerSequence = 4.4e-6

    /// NVLink between two devices, measured (Vidur).
    private static let a100Near = LinkSpeed(
        latency: .nanoseconds(6441), bytesPerSecond: 253.5e9)
    private static let h100Near = LinkSpeed(
        latency: .nanoseconds(7647), bytesPerSecond: 358.9e9)
    /// 400 Gb/s between two nodes, measured (Vidur).
    private static let h100Far = LinkSpeed(
        latency: .nanoseconds(19_146), bytesPerSecond: 36.07e9)

    /// Where the instances are.
    private struct Nodes {
        var instances: Int
        var near: LinkSpeed
        var far: LinkSpeed
    }

    private init(
        name: String, _ accelerator: Accelerator, _ model: ModelArchitecture,
        tensorParallel: Int = 1, nodes: Nodes, instanceCount: Int, blockSize: TokenCount = 16,
        maxModelLength: TokenCount? = nil, cpuPerStep: Double = Self.engineOf2025,
        workspace: ByteCount = ByteCount(2_000_000_000), provenance: String
    ) {
        guard
            var device = DeviceCostModel(accelerator, model, tensorParallel: tensorParallel)
        else { preconditionFailure("no measurements for \(name)") }
        device.cpuPerStep = cpuPerStep
        device.cpuPerSequence = Self.cpuPerSequence
        self.init(
            name: name, accelerator: accelerator, model: model, tensorParallel: tensorParallel,
            device: device,
            links: LinkCosts(
                intraNode: nodes.near, interNode: nodes.far, host: .pcie(tensorParallel),
                disk: .disk,
                local: LinkSpeed(
                    bytesPerSecond: accelerator.bandwidth * Double(tensorParallel) / 2),
                instancesPerNode: nodes.instances,
                activationBytesPerToken: ModelArchitecture.bytesPerElement * model.hiddenSize),
            instanceCount: instanceCount, blockSize: blockSize,
            maxModelLength: maxModelLength ?? model.maxModelLength, workspace: workspace,
            provenance: provenance)
    }
}

extension LinkSpeed {
    /// 200 Gb/s between two nodes: the latency is measured (Vidur), the bandwidth assumed.
    fileprivate static let rdma200 = LinkSpeed(
        latency: .nanoseconds(28_039), bytesPerSecond: 22e9)
    /// 400 Gb/s between two nodes: the latency is measured (Vidur), the bandwidth assumed.
    fileprivate static let rdma400 = LinkSpeed(
        latency: .nanoseconds(19_146), bytesPerSecond: 45e9)
    /// Assumed.
    fileprivate static let disk = LinkSpeed(
        latency: .microseconds(100), bytesPerSecond: 2e9)

    /// Every device has a link to the host: 25 GB/s of 16 lanes of the fourth generation, assumed.
    fileprivate static func pcie(_ devices: Int) -> LinkSpeed {
        LinkSpeed(latency: .microseconds(10), bytesPerSecond: 25e9 * Double(devices))
    }
}

internal import Domain

/// Facts that are read when someone asks.
extension ServerMetrics {
    func addInformation(version: String) {
        addCacheConfiguration()
        let started = ContinuousClock.now
        registry.add { writer in
            let build = "kunserve:build_info"
            writer.header(name: build, help: "The program.", type: "gauge")
            writer.sample(build, ["version": version], 1 as UInt64)
            let uptime = "kunserve:uptime_seconds"
            writer.header(name: uptime, help: "Seconds since start.", type: "gauge")
            writer.sample(uptime, [:], (ContinuousClock.now - started).seconds)
            guard let resident = ProcessMemory.residentBytes() else { return }
            let memory = "kunserve:process_resident_memory_bytes"
            writer.header(name: memory, help: "Physical memory in use.", type: "gauge")
            writer.sample(memory, [:], resident)
        }
    }

    private func addCacheConfiguration() {
        let blocks = cacheBlocks
        let labels = self.labels
        let blockSize = self.blockSize
        registry.add { writer in
            let name = "vllm:cache_config_info"
            writer.header(name: name, help: "The KV cache.", type: "gauge")
            let shape: MetricLabels = [
                "block_size": String(blockSize), "num_gpu_blocks": String(Int(blocks.value)),
            ]
            writer.sample(name, labels + shape, 1 as UInt64)
        }
    }
}

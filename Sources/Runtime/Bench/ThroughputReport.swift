package import Domain
package import Inference

/// What the arithmetic of one model costs at least.
package struct ModelWork: Hashable, Sendable {
    /// Bytes of weights that every step reads: all layers and the head.
    package var stepBytes: ByteCount
    /// Floating-point operations per token of all layers.
    package var layerFlops: Double
    /// The same of the head, which runs once per sampled token.
    package var headFlops: Double

    init(_ executor: CPUStageExecutor) {
        let size = executor.options.computeType.elementSize
        var layers = 0
        var head = 0
        for unit in executor.plan.units {
            switch unit.unit {
            case .layer: layers += unit.bytes.bytes
            // Tied, the head's matrix lies in the embedding's range, which the unit shares.
            case .head: head += unit.bytes.bytes
            case .embedding where executor.configuration.tiedEmbeddings: head += unit.bytes.bytes
            case .embedding: break
            }
        }
        stepBytes = ByteCount(layers + head)
        layerFlops = Double(layers / size) * 2
        headFlops = Double(head / size) * 2
    }
}

/// The figures of one run.
package struct ThroughputReport: Sendable {
    package let benchmark: ThroughputBenchmark
    package let work: ModelWork
    package let limits: MachineLimits
    package let promptSeconds: Double
    package let decodeSeconds: Double
    package let batchedDecodeSeconds: Double

    package var promptTokensPerSecond: Double { Double(benchmark.promptTokens) / promptSeconds }
    package var decodeTokensPerSecond: Double { Double(benchmark.decodedTokens) / decodeSeconds }
    package var batchedDecodeTokensPerSecond: Double {
        Double(benchmark.decodedTokens * benchmark.batch) / batchedDecodeSeconds
    }

    /// Operations per second while a prompt is computed, as a share of the f32 FMA peak. Above 1
    /// is possible where the kernels use bf16 products.
    package var promptComputeShare: Double {
        let flops = work.layerFlops * Double(benchmark.promptTokens) + work.headFlops
        return flops / promptSeconds / limits.flops
    }

    /// Weights read per second by one decoding sequence, as a share of the read bandwidth.
    package var decodeBandwidthShare: Double {
        bandwidthShare(steps: benchmark.decodedTokens, seconds: decodeSeconds)
    }

    package var batchedDecodeBandwidthShare: Double {
        bandwidthShare(steps: benchmark.decodedTokens, seconds: batchedDecodeSeconds)
    }

    package var batchedDecodeComputeShare: Double {
        let tokens = Double(benchmark.decodedTokens * benchmark.batch)
        return (work.layerFlops + work.headFlops) * tokens / batchedDecodeSeconds
            / limits.flops
    }

    private func bandwidthShare(steps: Int, seconds: Double) -> Double {
        Double(work.stepBytes.bytes * steps) / seconds / limits.readBandwidth
    }
}

extension ThroughputReport {
    /// For programs: rates in tokens per second, limits in bytes and flops per second.
    package var json: JSON {
        [
            "prompt_tokens": .int(benchmark.promptTokens),
            "batch": .int(benchmark.batch),
            "prefill_tokens_per_second": .double(promptTokensPerSecond),
            "decode_tokens_per_second": .double(decodeTokensPerSecond),
            "decode\(benchmark.batch)_tokens_per_second": .double(batchedDecodeTokensPerSecond),
            "prefill_compute_share": .double(promptComputeShare),
            "decode_bandwidth_share": .double(decodeBandwidthShare),
            "decode\(benchmark.batch)_bandwidth_share": .double(batchedDecodeBandwidthShare),
            "decode\(benchmark.batch)_compute_share": .double(batchedDecodeComputeShare),
            "read_bytes_per_second": .double(limits.readBandwidth),
            "f32_flops_per_second": .double(limits.flops),
        ]
    }
}

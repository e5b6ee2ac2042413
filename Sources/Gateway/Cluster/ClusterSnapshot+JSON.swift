internal import Domain

extension ClusterSnapshot {
    /// The answer of `GET /v1/cluster`: times in seconds, latencies in milliseconds, memory in
    /// bytes, layers as half-open ranges.
    var json: JSON {
        [
            "time": .seconds(time), "policy": .string(policy),
            "instances": .array(instances.map(\.json)), "groups": .array(groups.map(\.json)),
            "running": .int(running), "waiting": .int(waiting),
            "waiting_batch": .int(waitingBatch),
            "ttft_p50_ms": .milliseconds(ttft?.p50), "ttft_p99_ms": .milliseconds(ttft?.p99),
            "tpot_p50_ms": .milliseconds(tpot?.p50), "tpot_p99_ms": .milliseconds(tpot?.p99),
        ]
    }
}

extension InstanceSnapshot {
    fileprivate var json: JSON {
        [
            "id": .int(id.index), "phase": .string(phase.rawValue), "layers": .range(layers),
            "embedding": .bool(hasEmbedding), "head": .bool(hasHead), "memory": memory.json,
            "class": service.map { .string($0.instanceClass.rawValue) } ?? .null,
            "batch_size": service.map { .int($0.batchSize) } ?? .null,
        ]
    }
}

extension InstanceSnapshot.Memory {
    fileprivate var json: JSON {
        [
            "budget": .int(budget.bytes), "weights": .int(weights.bytes),
            "kv_used": .int(kvUsed.bytes), "kv_cached": .int(kvCached.bytes),
            "kv_free": .int(kvFree.bytes), "workspace": .int(workspace.bytes),
            "spare": .int(spare.bytes),
        ]
    }
}

extension GroupSnapshot {
    fileprivate var json: JSON {
        let stages = stages.map { stage -> JSON in
            ["instance": .int(stage.instance.index), "layers": .range(stage.range.layers)]
        }
        return [
            "id": .int(id.index), "stages": .array(stages), "running": .int(running),
            "waiting": .int(waiting), "stalled": .int(stalled),
            "steps_in_flight": .int(stepsInFlight), "used_blocks": .int(usedBlocks),
            "total_blocks": .int(totalBlocks), "phase": .string(phase.rawValue),
        ]
    }
}

extension ClusterEvent {
    /// One entry of `GET /v1/cluster/log`.
    var json: JSON {
        [
            "number": .int(Int(clamping: number)), "time": .seconds(time),
            "kind": .string(kind), "message": .string(message),
        ]
    }
}

extension JSON {
    /// Seconds with at most six decimals.
    static func seconds(_ duration: Duration) -> JSON {
        .double((duration.seconds * 1e6).rounded() / 1e6)
    }

    /// Milliseconds with at most three decimals; `null` for nothing.
    static func milliseconds(_ duration: Duration?) -> JSON {
        duration.map { .double(($0.seconds * 1e6).rounded() / 1e3) } ?? .null
    }

    fileprivate static func range(_ layers: LayerRange) -> JSON {
        [.int(layers.lowerBound), .int(layers.upperBound)]
    }
}

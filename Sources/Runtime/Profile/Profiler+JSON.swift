package import Domain
internal import Scheduling

extension Profiler.Outcome {
    /// The profile and, as `steps`, what it was made of: chunks are [prefix, tokens].
    package var json: JSON {
        guard var object = profile.json.objectValue else { return profile.json }
        object["steps"] = .array(measurements.map(\.json))
        return .object(object)
    }
}

extension Profiler.Measurement {
    fileprivate var json: JSON {
        [
            "chunks": .array(step.chunks.map { [.int($0.prefix), .int($0.count)] }),
            "contexts": .array(step.contexts.map { .int($0) }),
            "seconds": .double(seconds),
            "times": .array(times.map { .double($0) }),
            "held_out": .bool(isHeldOut),
        ]
    }
}

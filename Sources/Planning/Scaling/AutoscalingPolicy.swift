/// Who decides how many instances there are (`--autoscaling-policy`).
package enum AutoscalingPolicy: String, Hashable, Sendable, CaseIterable {
    /// Batch sizes follow the latency objectives, instances the arrivals and deadlines (Chiron).
    case chiron
    /// The average freeness stays within a band (Llumnix §4.4).
    case freenessBand = "freeness-band"
    /// As many as packing has in use: what it leaves empty is given back (Mell §VI).
    case packing
    /// The instances of the start, for good.
    case off
}

/// What of Chiron is at work: the paper's ablations.
package enum ChironParts: String, Hashable, Sendable, CaseIterable {
    case all
    /// Batch sizes only; the number of instances stays.
    case localOnly = "local-only"
    /// Instances only; the batch size stays.
    case globalOnly = "global-only"
}

package import Domain
package import Scheduling

/// How long a step takes on an instance of a device that others have measured, kernel by kernel:
///
///     layer   = max(f0 + f1·n, g0 + g1·n) + prefill + decode + 2·allReduce(n)
///     prefill = p0 + p1·Σc + p2·Σ(c²/2 + c·p)          where there are chunks
///     decode  = max(floor, d0 + d1·B + d2·ΣK)           where anything decodes
///     head    = max(its weights' bytes / bandwidth, S · its operations / rate)
///     stage   = layers·layer + head, if it has it + CPU per step + CPU per sequence·S
///
/// for chunks c after prefixes p, B decoded tokens that attend to K positions each, n = Σc + B
/// tokens and S sequences. The first line of a layer is bound by reading the weights and the second
/// by arithmetic. With tensor parallelism the coefficients are those of one device's share, and the
/// devices add up their results twice in a layer.
///
/// All coefficients are seconds. They are looked up once, when the model is made.
package struct DeviceCostModel: Hashable, Sendable {
    package let layerCount: Int
    package let linear: Linear
    package let prefill: Prefill
    package let decode: Decode
    /// None on a single device.
    package let allReduce: AllReduce?
    package let head: Head
    /// What the engine adds to every step of a stage: scheduling, launching, sampling.
    package var cpuPerStep = 0.0
    /// What the engine adds for every sequence of a step.
    package var cpuPerSequence = 0.0

    /// The layer's part besides attention.
    package struct Linear: Hashable, Sendable {
        package let reading: Line
        package let arithmetic: Line

        func seconds(_ tokens: Double) -> Double {
            max(reading.value(at: tokens), arithmetic.value(at: tokens))
        }
    }

    package struct Line: Hashable, Sendable {
        package let base: Double
        package let perToken: Double

        func value(at tokens: Double) -> Double { base + perToken * tokens }
    }

    package struct Prefill: Hashable, Sendable {
        package let perStep: Double
        package let perToken: Double
        /// A token and a position that it attends to, half of itself included.
        package let perPair: Double

        func seconds(of load: BatchLoad) -> Double {
            guard load.promptChunks > 0 else { return 0 }
            let tokens = Double(load.promptTokens)
            // The load counts all of a token itself: c²/2 + c·p is c/2 less for each chunk.
            let pairs = Double(load.promptPairs) - tokens / 2
            return perStep + perToken * tokens + perPair * pairs
        }
    }

    package struct Decode: Hashable, Sendable {
        package let floor: Double
        package let perStep: Double
        package let perSequence: Double
        package let perContextToken: Double

        func seconds(of load: BatchLoad) -> Double {
            guard load.decodes > 0 else { return 0 }
            let contexts = perContextToken * Double(load.decodePairs)
            return max(floor, perStep + perSequence * Double(load.decodes) + contexts)
        }
    }

    package struct Head: Hashable, Sendable {
        package let reading: Double
        package let perSequence: Double

        func seconds(_ sequences: Double) -> Double { max(reading, perSequence * sequences) }
    }
}

// MARK: - Times

extension DeviceCostModel {
    /// Seconds of a step in a stage; nothing takes none. Complexity: O(1), without allocation.
    /// Inlined, for a call would get a copy of all coefficients.
    @inline(__always)
    package func seconds(of load: BatchLoad, in range: StageRange) -> Double {
        let sequences = load.promptChunks + load.decodes
        guard sequences > 0 else { return 0 }
        let layers = Double(range.layers.count) * layerSeconds(of: load)
        let ends = range.hasHead ? headSeconds(of: load) : 0
        return layers + ends + cpuPerStep + cpuPerSequence * Double(sequences)
    }

    /// Seconds of one layer. Complexity: O(1).
    @inline(__always)
    package func layerSeconds(of load: BatchLoad) -> Double {
        let tokens = Double(load.promptTokens + load.decodes)
        let attention = prefill.seconds(of: load) + decode.seconds(of: load)
        return linear.seconds(tokens) + attention + 2 * (allReduce?.seconds(tokens) ?? 0)
    }

    /// Seconds of the head. Complexity: O(1).
    @inline(__always)
    package func headSeconds(of load: BatchLoad) -> Double {
        head.seconds(Double(load.promptChunks + load.decodes))
    }
}

/// How long a batch takes on one device, from its load (KunServe, Eq. 1–3):
///
///     cost(chunk c after prefix p) = α·(p·c + (c² + c)/2) + β·c + γ
///     cost(batch of n chunks)      = Σ cost(chunk) − (n − 1)·λ
///
/// The paper takes a decoded token for a chunk of one. Few decoded tokens are bound by reading the
/// weights and many by arithmetic, so here they have terms of their own, the higher of which counts
/// (the roofline of Williams, Waterman, Patterson 2009); beside prompts the weights are read
/// anyway. Coefficients are seconds of a whole model; a stage with a share of the layers takes that
/// share of the time.
package struct BatchCostModel: Hashable, Sendable {
    /// α: a pair of a prompt token and a position that it attends to.
    package var perPair: Double
    /// β: a prompt token.
    package var perToken: Double
    /// γ: a chunk. `shared` ≤ `perChunk`.
    package var perChunk: Double
    /// λ: what the chunks of one batch pay once, above all reading the weights.
    package var shared: Double
    package var decode: Decode

    /// What decoding costs.
    package struct Decode: Hashable, Sendable {
        /// The least that a step takes which only decodes.
        package var perStep: Double
        /// A decoded token, where there are enough of them.
        package var perSequence: Double
        /// A position that a decoded token attends to.
        package var perContextToken: Double

        package init(perStep: Double, perSequence: Double, perContextToken: Double) {
            self.perStep = perStep
            self.perSequence = perSequence
            self.perContextToken = perContextToken
        }
    }

    package init(
        perPair: Double, perToken: Double, perChunk: Double, shared: Double, decode: Decode
    ) {
        self.perPair = perPair
        self.perToken = perToken
        self.perChunk = perChunk
        self.shared = shared
        self.decode = decode
    }
}

extension BatchCostModel {
    /// Seconds of a batch; nothing takes none. Complexity: O(1).
    package func cost(of load: BatchLoad) -> Double {
        let tokens = decode.perSequence * Double(load.decodes)
        let contexts = decode.perContextToken * Double(load.decodePairs)
        if load.promptChunks > 0 { return promptWork(of: load) + shared + tokens + contexts }
        return load.decodes == 0 ? 0 : max(decode.perStep, tokens) + contexts
    }

    /// Seconds of one chunk alone.
    package func cost(of chunk: PromptChunk) -> Double { cost(of: BatchLoad(chunk)) }

    /// Seconds of the chunks in one batch. Complexity: O(chunks).
    package func cost(of chunks: [PromptChunk]) -> Double {
        cost(of: chunks.reduce(into: BatchLoad.zero) { $0 += BatchLoad($1) })
    }

    /// The prompt part of a batch's cost that grows with its chunks; cutting a chunk in two leaves
    /// the sum as it is but for one `perChunk − shared`.
    func promptWork(of load: BatchLoad) -> Double {
        perPair * Double(load.promptPairs) + perToken * Double(load.promptTokens)
            + (perChunk - shared) * Double(load.promptChunks)
    }
}

internal import Domain

extension ScenarioWorkload {
    /// How long the requests of a stream are; one source at most.
    static func lengths(_ fields: ScenarioFields) throws(ScenarioError) -> Lengths {
        let random = ["random-input-len", "random-output-len", "random-range-ratio"]
        let hasRandom = random.contains(where: fields.contains)
        let order: Order? = try fields.choice("lengths-order")
        if let path = try fields.text("lengths-path") {
            guard !hasRandom, !fields.contains("power-law-lengths") else {
                throw ScenarioError(
                    fields.place("lengths-path"), "is given beside random lengths, expected one")
            }
            return .file(path, order ?? .random)
        }
        guard order == nil else {
            throw ScenarioError(fields.place("lengths-order"), "means nothing without lengths-path")
        }
        guard let law = try powerLaw(fields) else { return try uniform(fields) }
        guard !hasRandom else {
            throw ScenarioError(
                fields.place("power-law-lengths"), "is given beside other lengths, expected one")
        }
        return law
    }

    private static func uniform(_ fields: ScenarioFields) throws(ScenarioError) -> Lengths {
        let input = try fields.integer("random-input-len", in: 1...1 << 24)
        let output = try fields.integer("random-output-len", in: 1...1 << 24)
        let ratio = try fields.number("random-range-ratio", in: 0...1)
        switch (input, output) {
        case (nil, nil) where ratio == nil: return .ofTrace
        case (let input?, let output?):
            return .uniform(input: input, output: output, ratio: ratio ?? 0)
        case (_, nil): throw fields.error("random-output-len", expected: "tokens")
        case (nil, _): throw fields.error("random-input-len", expected: "tokens")
        }
    }

    private static func powerLaw(_ fields: ScenarioFields) throws(ScenarioError) -> Lengths? {
        let names = ["input-mean", "output-mean", "input-exponent", "output-exponent", "max"]
        guard let law = try fields.object("power-law-lengths", names: names) else { return nil }
        let longest = try law.integer("max", in: 1...1 << 24) ?? longestOfLaw
        func side(_ name: String) throws(ScenarioError) -> PowerLaw {
            guard let mean = try law.integer("\(name)-mean", in: 1...1 << 16) else {
                throw law.error("\(name)-mean", expected: "tokens")
            }
            guard mean <= longest else {
                throw law.error("\(name)-mean", expected: "at most max, which is \(longest)")
            }
            let exponent = try law.number("\(name)-exponent", in: 0...10)
            return PowerLaw(mean: mean, exponent: exponent, longest: longest)
        }
        return .powerLaw(input: try side("input"), output: try side("output"))
    }

    /// Llumnix's own (§6.1): a prompt and an answer of this length fit into an A10 beside LLaMA-7B.
    private static let longestOfLaw = 6144
}

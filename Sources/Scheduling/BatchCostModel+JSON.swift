package import Domain

/// What is wrong with a cost model in a file: which field, and what was expected.
package struct BatchCostModelError: Error, Hashable, CustomStringConvertible {
    package var field: String
    package var problem: String

    package var description: String { "cost model: \"\(field)\" \(problem)" }
}

extension BatchCostModel {
    /// Seconds, named as in the paper.
    package var json: JSON {
        [
            "alpha": .double(perPair),
            "beta": .double(perToken),
            "gamma": .double(perChunk),
            "lambda": .double(shared),
            "decode": [
                "per_step": .double(decode.perStep),
                "per_sequence": .double(decode.perSequence),
                "per_context_token": .double(decode.perContextToken),
            ],
        ]
    }

    /// Reads what `json` writes. Every coefficient must be a cost that a step can have, so that
    /// batch formation terminates and balances: not negative, β above 0, λ at most γ.
    package init(json: JSON) throws(BatchCostModelError) {
        guard json.objectValue != nil else {
            throw BatchCostModelError(field: "costs", problem: "is missing or not an object")
        }
        perPair = try Self.seconds("alpha", json["alpha"])
        perToken = try Self.seconds("beta", json["beta"])
        perChunk = try Self.seconds("gamma", json["gamma"])
        shared = try Self.seconds("lambda", json["lambda"])
        let decode = json["decode"]
        self.decode = Decode(
            perStep: try Self.seconds("decode.per_step", decode?["per_step"]),
            perSequence: try Self.seconds("decode.per_sequence", decode?["per_sequence"]),
            perContextToken: try Self.seconds(
                "decode.per_context_token", decode?["per_context_token"]))
        guard perToken > 0 else {
            throw BatchCostModelError(field: "beta", problem: "is 0, expected more")
        }
        guard shared <= perChunk else {
            throw BatchCostModelError(
                field: "lambda", problem: "is \(shared), expected at most gamma, \(perChunk)")
        }
    }

    private static let longest = 1e6

    private static func seconds(
        _ field: String, _ json: JSON?
    ) throws(BatchCostModelError) -> Double {
        guard let value = json?.doubleValue, (0...longest).contains(value) else {
            let shown = json.map { String($0.text.prefix(40)) } ?? "missing"
            throw BatchCostModelError(
                field: field, problem: "is \(shown), expected seconds from 0 to \(longest)")
        }
        return value
    }
}

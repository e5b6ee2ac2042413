internal import Domain

/// The body of `POST /v1/cluster/what-if`: `arrivals`, an array of objects with `arrival_s`,
/// `input_tokens` and `output_tokens`, and optionally `horizon_s`.
struct WhatIfBody: Sendable {
    var question: WhatIfQuestion

    /// - Parameter maxLength: tokens of one request, as for real ones.
    init(_ fields: FieldReader, maxLength: TokenCount, limits: GatewayLimits) throws(APIError) {
        guard let elements = try fields.array("arrivals") else {
            throw .invalid("'arrivals' is required.", param: "arrivals")
        }
        guard (1...limits.maxArrivals).contains(elements.count) else {
            throw fields.mismatch("arrivals", "an array of 1 to \(limits.maxArrivals) objects")
        }
        var arrivals: [WhatIfQuestion.Arrival] = []
        arrivals.reserveCapacity(elements.count)
        var tokens: TokenCount = 0
        for (position, element) in elements.enumerated() {
            let arrival = try Self.arrival(element, position, maxLength: maxLength)
            tokens += arrival.inputTokens + arrival.outputTokens
            arrivals.append(arrival)
        }
        guard tokens <= limits.maxWhatIfTokens else {
            throw fields.mismatch("arrivals", "of at most \(limits.maxWhatIfTokens) tokens in all")
        }
        // Equal times keep their order, for the sort is stable.
        arrivals.sort { $0.time < $1.time }
        let horizon = try fields.seconds("horizon_s", in: 1...Self.day)
        question = WhatIfQuestion(arrivals: arrivals, horizon: horizon)
    }

    private static let day = 86_400.0

    private static func arrival(
        _ element: JSON, _ position: Int, maxLength: TokenCount
    ) throws(APIError) -> WhatIfQuestion.Arrival {
        let name = "arrivals[\(position)]"
        guard case .object(let object) = element else {
            throw .invalid("'\(name)' must be an object.", param: name)
        }
        let fields = FieldReader(object, prefix: name + ".")
        let input = try required(fields, "input_tokens", maxLength)
        let output = try required(fields, "output_tokens", maxLength)
        guard input + output <= maxLength else {
            throw .invalid(
                "'\(name)' has \(input + output) tokens, more than the model's \(maxLength).",
                param: name)
        }
        guard let time = try fields.seconds("arrival_s", in: 0...day) else {
            throw .invalid("'\(name).arrival_s' is required.", param: name + ".arrival_s")
        }
        return .init(time: time, inputTokens: input, outputTokens: output)
    }

    private static func required(
        _ fields: FieldReader, _ key: String, _ maxLength: TokenCount
    ) throws(APIError) -> TokenCount {
        guard let count = try fields.integer(key, in: 1...max(maxLength, 1)) else {
            throw .invalid("'\(fields.path(key))' is required.", param: fields.path(key))
        }
        return count
    }
}

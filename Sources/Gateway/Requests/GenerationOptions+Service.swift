internal import Domain

extension GenerationOptions {
    /// Reads how soon and how fast the answer is to come: `service_tier`, and `slo`, whose class
    /// counts for more than that of the tier. Without `slo` only `flex` has times to keep.
    mutating func readService(_ fields: FieldReader) throws(APIError) {
        serviceTier = try fields.choice("service_tier", of: ServiceTier.self)
        if serviceTier == .priority { priority -= 1 }
        let tierClass: ServiceClass = serviceTier == .flex ? .batch : .interactive
        guard let times = try fields.nested("slo") else {
            objective = tierClass == .batch ? ServiceLevelObjective(.batch) : nil
            return
        }
        objective = ServiceLevelObjective(
            try times.choice("class", of: ServiceClass.self) ?? tierClass,
            timeToFirstToken: try times.milliseconds("ttft_ms", in: Self.objectiveRange),
            interTokenLatency: try times.milliseconds("itl_ms", in: Self.objectiveRange))
    }

    /// From a millisecond to a week.
    private static var objectiveRange: ClosedRange<Double> { 1...604_800_000 }
}

extension FieldReader {
    /// One of a few names.
    func choice<Choice: CaseIterable & RawRepresentable>(
        _ key: String, of type: Choice.Type
    ) throws(APIError) -> Choice? where Choice.RawValue == String {
        guard let value = value(key) else { return nil }
        guard let choice = value.stringValue.flatMap(Choice.init(rawValue:)) else {
            let names = Choice.allCases.map { "'\($0.rawValue)'" }
            throw mismatch(key, "one of \(names.joined(separator: ", "))")
        }
        return choice
    }
}

internal import Domain

extension ScenarioWorkload {
    private static let names = [
        "start", "dataset-path", "trace-start", "trace-duration", "time-scale", "request-rate",
        "burstiness", "cv", "duration", "phases", "rate-scale", "rate-scale-mode", "repeat-tail",
        "lengths-path", "lengths-order", "random-input-len", "random-output-len",
        "random-range-ratio", "random-prefix-len", "power-law-lengths", "length-scale-input",
        "length-scale-output", "max-input-len", "max-output-len", "max-total-len", "num-prompts",
        "priority", "class", "ttft-ms", "itl-ms", "shares",
    ]

    /// A workload's streams: itself, or all of its list.
    static func streams(
        _ json: JSON, at path: String
    ) throws(ScenarioError) -> [ScenarioWorkload] {
        let fields = try ScenarioFields(json, at: path, names: names + ["streams"])
        guard let elements = try fields.list("streams", atMost: 100) else {
            let stream = try ScenarioWorkload(fields)
            try checkClasses([stream], at: path)
            return [stream]
        }
        if let misplaced = names.first(where: fields.contains) {
            throw ScenarioError(fields.place(misplaced), "means nothing beside streams")
        }
        var streams: [ScenarioWorkload] = []
        for element in elements {
            streams.append(
                try ScenarioWorkload(
                    ScenarioFields(element.json, at: element.path, names: names)))
        }
        try checkClasses(streams, at: path)
        return streams
    }

    private init(_ fields: ScenarioFields) throws(ScenarioError) {
        startSeconds = try fields.number("start", in: 0...1e9) ?? 0
        numPrompts = try fields.integer("num-prompts", in: 1...100_000_000)
        arrivals = try Self.arrivals(fields, count: numPrompts)
        lengths = try Self.lengths(fields)
        rateScale = try fields.positive("rate-scale", upTo: 1e4) ?? rateScale
        rateScaleMode = try fields.choice("rate-scale-mode") ?? rateScaleMode
        repeatTail = try Self.repeatTail(fields)
        lengthScaleInput = try fields.positive("length-scale-input", upTo: 1e4) ?? 1
        lengthScaleOutput = try fields.positive("length-scale-output", upTo: 1e4) ?? 1
        maxInputLen = try fields.integer("max-input-len", in: 1...1 << 24)
        maxOutputLen = try fields.integer("max-output-len", in: 1...1 << 24)
        maxTotalLen = try fields.integer("max-total-len", in: 2...1 << 24)
        prefixLen = try fields.integer("random-prefix-len", in: 0...1 << 24) ?? 0
        cohort = try RequestCohort(fields, over: cohort)
        shares = try Self.shares(fields, over: cohort)
        guard lengths == .ofTrace else { return }
        if case .trace = arrivals { return }
        throw fields.error(
            "random-input-len",
            expected: "lengths: random-input-len and random-output-len, lengths-path or "
                + "power-law-lengths")
    }

    // MARK: Arrivals

    private static func arrivals(
        _ fields: ScenarioFields, count: Int?
    ) throws(ScenarioError) -> Arrivals {
        let sources = ["dataset-path", "request-rate", "phases"].filter(fields.contains)
        guard let source = sources.first, sources.count == 1 else {
            let given = sources.isEmpty ? "none" : sources.joined(separator: " and ")
            throw ScenarioError(
                fields.path,
                "has \(given) of dataset-path, request-rate and phases, expected one")
        }
        let others = [
            "dataset-path": ["burstiness", "cv", "duration"],
            "request-rate": ["trace-start", "trace-duration", "time-scale"],
            "phases": ["trace-start", "trace-duration", "time-scale", "duration"],
        ]
        if let misplaced = others[source]?.first(where: fields.contains) {
            throw ScenarioError(fields.place(misplaced), "means nothing beside \(source)")
        }
        switch source {
        case "dataset-path": return .trace(try trace(fields))
        case "request-rate" where fields.json("request-rate")?.stringValue == "inf":
            return .atOnce(try requestsAtOnce(fields, count: count))
        case "request-rate": return .process([try phase(fields, count: count)])
        default: return .process(try phases(fields))
        }
    }

    private static func requestsAtOnce(
        _ fields: ScenarioFields, count: Int?
    ) throws(ScenarioError) -> Int {
        let others = ["burstiness", "cv", "duration", "repeat-tail"]
        if let misplaced = others.first(where: fields.contains) {
            throw ScenarioError(
                fields.place(misplaced), "means nothing beside an infinite request-rate")
        }
        guard let count else { throw fields.error("num-prompts", expected: "requests") }
        return count
    }

    private static func trace(_ fields: ScenarioFields) throws(ScenarioError) -> Trace {
        guard let path = try fields.text("dataset-path") else {
            throw fields.error("dataset-path", expected: "the file of a trace")
        }
        var trace = Trace(path: path)
        trace.startSeconds = try fields.number("trace-start", in: 0...1e9) ?? 0
        trace.durationSeconds = try fields.positive("trace-duration", upTo: 1e9)
        trace.timeScale = try fields.positive("time-scale", upTo: 1e6) ?? 1
        return trace
    }

    /// - Parameter count: Of requests, where the phase may go without a duration.
    private static func phase(
        _ fields: ScenarioFields, count: Int?
    ) throws(ScenarioError) -> Phase {
        guard let rate = try fields.positive("request-rate", upTo: 1e6) else {
            throw fields.error("request-rate", expected: "requests per second")
        }
        let seconds = try fields.positive("duration", upTo: 1e8)
        guard seconds != nil || count != nil else {
            throw fields.error("duration", expected: "seconds")
        }
        let burstiness = try burstiness(fields) ?? 1
        return Phase(requestRate: rate, burstiness: burstiness, seconds: seconds)
    }

    private static func phases(_ fields: ScenarioFields) throws(ScenarioError) -> [Phase] {
        let common = try burstiness(fields)
        var phases: [Phase] = []
        for element in try fields.list("phases", atMost: 10_000) ?? [] {
            let names = ["request-rate", "burstiness", "cv", "duration"]
            let own = try ScenarioFields(element.json, at: element.path, names: names)
            var phase = try phase(own, count: nil)
            if let common, try burstiness(own) == nil { phase.burstiness = common }
            phases.append(phase)
        }
        return phases
    }

    /// The shape of the Gamma distribution; the coefficient of variation of its gaps is 1 / √shape.
    private static func burstiness(_ fields: ScenarioFields) throws(ScenarioError) -> Double? {
        let shape = try fields.positive("burstiness", upTo: 1e6)
        guard let cv = try fields.positive("cv", upTo: 1e3) else { return shape }
        guard shape == nil else {
            throw ScenarioError(
                fields.path, "has both burstiness and cv, expected one of them")
        }
        return 1 / (cv * cv)
    }

    private static func repeatTail(_ fields: ScenarioFields) throws(ScenarioError) -> RepeatTail? {
        let names = ["start", "times", "rate-scale"]
        guard let tail = try fields.object("repeat-tail", names: names) else { return nil }
        guard let start = try tail.number("start", in: 0...1e9) else {
            throw tail.error("start", expected: "seconds")
        }
        return RepeatTail(
            startSeconds: start, times: try tail.integer("times", in: 1...10_000) ?? 1,
            rateScale: try tail.positive("rate-scale", upTo: 1e4) ?? 1)
    }
}

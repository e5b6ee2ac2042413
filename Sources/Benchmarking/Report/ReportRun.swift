package import Domain

/// One run as a report shows it, read from a result file: ours, or one of `vllm bench serve` with
/// `--save-detailed`, which lacks the timelines.
package struct ReportRun: Sendable {
    package var name: String
    /// The file without its lists, which may be long.
    private let json: JSON
    let requests: [Request]
    let seconds: [Second]
    let samples: [ClusterSample]
    let events: [LoggedEvent]
    /// Empty where the file tells of none.
    let cohorts: [Cohort]

    /// Times in milliseconds.
    struct Request: Hashable, Sendable {
        var outcome: String
        /// `nil` for a request that was not completed, and so on.
        var ttft: Double?
        var tpot: Double?
        var latency: Double?
    }

    /// One second of the run.
    struct Second: Hashable, Sendable {
        var arrived = 0.0
        var completed = 0.0
        var rejected = 0.0
        var inFlight = 0.0
        var outputTokens = 0.0
        /// Milliseconds.
        var meanTTFT: Double?
        var p99TTFT: Double?
        /// Of the server, where it told.
        var running: Double?
        var waiting: Double?
    }

    /// Reads a result file; the error names it.
    package init(name: String, file: String) throws(ReportError) {
        let json: JSON
        do {
            json = try JSON.parse(try SystemFile.read(file))
        } catch let error as JSONError {
            throw ReportError("\(file): \(error)")
        } catch {
            throw ReportError("\(error)")
        }
        try self.init(name: name, json: json, file: file)
    }

    /// - Parameter file: names the file in errors.
    package init(name: String, json: JSON, file: String) throws(ReportError) {
        guard json["completed"]?.intValue != nil, json["duration"]?.doubleValue != nil else {
            throw ReportError(
                "\(file): no 'completed' and 'duration', expected a result of `bench serve`")
        }
        guard let requests = Self.requests(json) else {
            throw ReportError(
                "\(file): no per-request lists 'ttfts', 'output_lens' and 'latencies' (or 'itls')"
                    + " of equal length, expected a detailed result")
        }
        self.name = name
        self.json = Self.withoutLists(json)
        self.requests = requests
        let cluster = json["cluster"]
        samples = (cluster?["samples"]?.arrayValue ?? []).compactMap { ClusterSample(saved: $0) }
        events = (cluster?["events"]?.arrayValue ?? []).compactMap { LoggedEvent($0) }
        seconds = Self.seconds(json["timeline"], samples)
        cohorts = (json["cohorts"]?.arrayValue ?? []).compactMap { Cohort($0) }
    }
}

extension ReportRun {
    private static func withoutLists(_ json: JSON) -> JSON {
        var rest = JSONObject()
        for (key, value) in json.objectValue?.members ?? [] {
            let isList = value.arrayValue != nil || value.objectValue != nil
            if !isList || key == "command" { rest[key] = value }
        }
        return .object(rest)
    }

    private static func requests(_ json: JSON) -> [Request]? {
        guard let ttfts = json["ttfts"]?.arrayValue, let outputs = json["output_lens"]?.arrayValue,
            let latencies = json["latencies"]?.arrayValue ?? latencies(json),
            ttfts.count == outputs.count, ttfts.count == latencies.count
        else { return nil }
        let errors = json["errors"]?.arrayValue ?? []
        let outcomes = json["outcomes"]?.arrayValue ?? []
        return ttfts.indices.map { index in
            let first = ttfts[index].doubleValue ?? 0
            let isClean = index >= errors.count || errors[index] == ""
            let named = index < outcomes.count ? outcomes[index].stringValue : nil
            let outcome = named ?? (isClean && first > 0 ? "completed" : "failed")
            guard outcome == "completed" else { return Request(outcome: outcome) }
            let latency = latencies[index].doubleValue ?? 0
            let tokens = outputs[index].doubleValue ?? 0
            return Request(
                outcome: outcome, ttft: first * 1000,
                tpot: tokens > 1 ? (latency - first) / (tokens - 1) * 1000 : nil,
                latency: latency * 1000)
        }
    }

    /// First token plus all gaps, where a file does not have the sum.
    private static func latencies(_ json: JSON) -> [JSON]? {
        guard let ttfts = json["ttfts"]?.arrayValue, let gaps = json["itls"]?.arrayValue,
            gaps.count == ttfts.count
        else { return nil }
        return zip(ttfts, gaps).map { first, gaps in
            let sum = (gaps.arrayValue ?? []).reduce(0) { $0 + ($1.doubleValue ?? 0) }
            return .double((first.doubleValue ?? 0) + sum)
        }
    }

    private static func seconds(_ timeline: JSON?, _ samples: [ClusterSample]) -> [Second] {
        let count = min(timeline?["arrived"]?.arrayValue?.count ?? 0, 1_000_000)
        var rows = Array(repeating: Second(), count: count)
        func column(_ name: String) -> [Double?] {
            let values = timeline?[name]?.arrayValue ?? []
            return rows.indices.map { $0 < values.count ? values[$0].doubleValue : nil }
        }
        let columns: [(String, WritableKeyPath<Second, Double>)] = [
            ("arrived", \.arrived), ("completed", \.completed), ("rejected", \.rejected),
            ("in_flight", \.inFlight), ("output_tokens", \.outputTokens),
        ]
        for (name, path) in columns {
            for (row, value) in column(name).enumerated() { rows[row][keyPath: path] = value ?? 0 }
        }
        for (row, value) in column("ttft_mean_ms").enumerated() { rows[row].meanTTFT = value }
        for (row, value) in column("ttft_p99_ms").enumerated() { rows[row].p99TTFT = value }
        for sample in samples {
            let row = Int(sample.time.seconds.rounded(.down))
            guard rows.indices.contains(row) else { continue }
            rows[row].running = Double(sample.running)
            rows[row].waiting = Double(sample.waiting)
        }
        return rows
    }
}

extension ReportRun {
    var ttft: Distribution { Distribution(requests.lazy.compactMap(\.ttft)) }
    var tpot: Distribution { Distribution(requests.lazy.compactMap(\.tpot)) }
    var latency: Distribution { Distribution(requests.lazy.compactMap(\.latency)) }

    func count(of outcome: String) -> Int { requests.count { $0.outcome == outcome } }

    func number(_ key: String) -> Double? { json[key]?.doubleValue }

    func text(_ key: String) -> String? { json[key]?.stringValue }

    /// It was not measured; nothing in it was late.
    var isSimulated: Bool { text("engine") == "sim" }

    /// The words of the command, quoted where a shell needs it.
    var command: String? {
        let words = (json["command"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard !words.isEmpty else { return nil }
        return words.map(Self.quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let plain = word.utf8.allSatisfy { byte in
            let scalar = Unicode.Scalar(byte)
            return scalar.properties.isAlphabetic && byte < 0x80
                || "0123456789-_./:=,@%+".unicodeScalars.contains(scalar)
        }
        if plain && !word.isEmpty { return word }
        return "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }

    /// For curves against the objectives.
    var violationInputs: [ViolationCurve.Latency] {
        requests.map { request in
            guard request.outcome == "completed" else { return ViolationCurve.Latency() }
            return ViolationCurve.Latency(ttft: request.ttft, tpot: request.tpot ?? 0)
        }
    }
}

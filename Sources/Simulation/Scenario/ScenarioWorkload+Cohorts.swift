internal import Domain

extension ScenarioWorkload {
    /// The stream's requests of other cohorts; what these do not say is as with all others.
    static func shares(
        _ fields: ScenarioFields, over cohort: RequestCohort
    ) throws(ScenarioError) -> [Share] {
        var shares: [Share] = []
        for element in try fields.list("shares", atMost: 100) ?? [] {
            let own = try ScenarioFields(
                element.json, at: element.path, names: ["share"] + RequestCohort.names)
            guard let share = try own.positive("share", upTo: 1) else {
                throw own.error("share", expected: "a number above 0 and at most 1")
            }
            shares.append(Share(share, try RequestCohort(own, over: cohort)))
        }
        let sum = shares.reduce(0) { $0 + $1.share }
        // Ten tenths are a little more than one.
        guard sum <= 1 + 1e-9 else {
            throw ScenarioError(
                fields.place("shares"), "are \(sum) together, expected at most 1")
        }
        return shares
    }

    /// One name has one meaning.
    static func checkClasses(
        _ streams: [ScenarioWorkload], at path: String
    ) throws(ScenarioError) {
        var known: [ServicePromise] = []
        for stream in streams {
            for cohort in [stream.cohort] + stream.shares.map(\.cohort) {
                guard let new = cohort.serviceClass else { continue }
                guard let other = known.first(where: { $0.name == new.name }) else {
                    known.append(new)
                    continue
                }
                guard other == new else {
                    throw ScenarioError(
                        path, "has two classes \(new.name) with different limits, expected one")
                }
            }
        }
    }
}

extension RequestCohort {
    /// The names of the members that `init(_:over:)` reads.
    fileprivate static let names = ["priority", "class", "ttft-ms", "itl-ms"]

    /// - Parameter other: What counts where the fields say nothing. A class comes with all of its
    ///   limits.
    init(_ fields: ScenarioFields, over other: RequestCohort) throws(ScenarioError) {
        self = other
        priority = try fields.integer("priority", in: -1 << 31...1 << 31) ?? priority
        func limit(_ name: String) throws(ScenarioError) -> Duration? {
            try fields.positive(name, upTo: 1e9).map { .milliseconds(1) * $0 }
        }
        guard let name = try fields.name("class") else {
            if let misplaced = ["ttft-ms", "itl-ms"].first(where: fields.contains) {
                throw ScenarioError(fields.place(misplaced), "means nothing without class")
            }
            return
        }
        serviceClass = ServicePromise(name, ttft: try limit("ttft-ms"), itl: try limit("itl-ms"))
    }
}

// MARK: - Drawing

extension ScenarioWorkload {
    /// Gives each request of the stream its cohort. The draws are a stream of their own, one for
    /// each request, so that everything else is the same with and without shares.
    func assignCohorts(to arrivals: inout [SimulatedArrival], seed: UInt64) {
        var random = SplitMix64(seed: (seed ^ Self.cohortSalt).splitMixed)
        for index in arrivals.indices {
            var place = random.unit()
            let drawn = shares.first { share in
                place -= share.share
                return place < 0
            }
            arrivals[index].cohort = drawn?.cohort ?? cohort
        }
    }

    /// Keeps these draws apart from those of other purposes with the same seed.
    private static var cohortSalt: UInt64 { 0x8E51_7C0B_D3A9_264F }
}

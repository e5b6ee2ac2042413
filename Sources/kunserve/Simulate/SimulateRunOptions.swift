internal import ArgumentParser
internal import Simulation

/// Which of a scenario's runs to make, and how closely to watch them.
struct SimulateRunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Policies by their names in the file, or overload policies by theirs (default: all of "
                + "the file).", valueName: "a,b"))
    var policies: String?

    @Option(
        help: ArgumentHelp(
            "Seeds, such as 0,7,20-29 (default: those of the file; without --sweep the first).",
            valueName: "list"))
    var seeds: String?

    @Option(
        help: ArgumentHelp(
            "What the load's rate is multiplied with, such as 0.8,1,1.2 (default: those of the "
                + "file; without --sweep the first).", valueName: "list"))
    var rates: String?

    @Flag(help: "Run all policies at all seeds and rates, and show medians over seeds.")
    var sweep = false

    @Option(help: "Simulations at once (default: one per processor).")
    var jobs: Int?

    @Option(help: "Where to look first for traces and other files that the scenario names.")
    var traceDir: String?

    @Option(
        help: """
            Watch what must hold: off, every-sample or every-event. A violation ends the run and \
            gives the command that repeats it.
            """)
    var checks: CheckLevel = .off

    func validate() throws {
        if let jobs, !(1...1024).contains(jobs) {
            throw ValidationError("--jobs is \(jobs), expected 1 to 1024")
        }
        let lists = [("--seeds", try seedList?.count), ("--rates", try rateList?.count)]
        for (flag, count) in lists where !sweep && count ?? 1 != 1 {
            throw ValidationError("\(flag) has several values, which need --sweep")
        }
    }

    var seedList: [UInt64]? {
        get throws { try seeds.map { try $0.split(separator: ",").flatMap(Self.seeds) } }
    }

    private static func seeds(_ text: Substring) throws -> [UInt64] {
        let ends = text.split(separator: "-", maxSplits: 1).map { UInt64($0) }
        switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
        case (1, let seed?, _) where !text.contains("-"): return [seed]
        case (2, let first?, let last?) where first <= last && last - first < 100_000:
            return Array(first...last)
        default:
            throw ValidationError("--seeds has \(text), expected whole numbers such as 0,7,20-29")
        }
    }

    var rateList: [Double]? {
        get throws {
            try rates.map { list in
                try list.split(separator: ",").map { text in
                    guard let rate = Double(text), rate > 0, rate <= 1e4 else {
                        throw ValidationError(
                            "--rates has \(text), expected numbers above 0 and at most 10000")
                    }
                    return rate
                }
            }
        }
    }
}

extension CheckLevel: ExpressibleByArgument {}

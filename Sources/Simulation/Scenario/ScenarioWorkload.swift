package import Domain

/// What comes to the cluster of a scenario, or one of the streams that together do; names and
/// meanings are those of `kunserve bench serve`.
package struct ScenarioWorkload: Hashable, Sendable {
    package var arrivals: Arrivals
    /// Its beginning, from that of the run on.
    package var startSeconds = 0.0
    /// Requests for each one of the arrivals, in the mean; what `--rates` multiplies.
    package var rateScale = 1.0
    package var rateScaleMode: RateScaleMode = .thinning
    package var repeatTail: RepeatTail?
    package var lengths: Lengths = .ofTrace
    package var lengthScaleInput = 1.0
    package var lengthScaleOutput = 1.0
    package var maxInputLen: TokenCount?
    package var maxOutputLen: TokenCount?
    /// Prompt and output together; the prompt gives way first.
    package var maxTotalLen: TokenCount?
    /// First tokens that all prompts have in common, besides their own.
    package var prefixLen: TokenCount = 0
    /// Only so many first requests.
    package var numPrompts: Int?
    /// Of all requests but those of `shares`.
    package var cohort = RequestCohort()
    /// Together at most 1.
    package var shares: [Share] = []

    /// When requests come.
    package enum Arrivals: Hashable, Sendable {
        case trace(Trace)
        /// One after the other.
        case process([Phase])
        /// So many in the first moment.
        case atOnce(Int)
    }

    /// A slice of a file with `arrival_s`, `input_tokens` and `output_tokens`.
    package struct Trace: Hashable, Sendable {
        package var path: String
        package var startSeconds = 0.0
        package var durationSeconds: Double?
        /// Divides the time between arrivals.
        package var timeScale = 1.0
    }

    /// Arrivals whose gaps have a Gamma distribution.
    package struct Phase: Hashable, Sendable {
        package var requestRate: Double
        /// Shape of the distribution: 1 is a Poisson process, less is burstier.
        package var burstiness: Double
        /// `nil` in a process of a single phase that has a number of requests.
        package var seconds: Double?

        package init(requestRate: Double, burstiness: Double = 1, seconds: Double?) {
            self.requestRate = requestRate
            self.burstiness = burstiness
            self.seconds = seconds
        }
    }

    /// How more or fewer requests are made of arrivals, without changing the shape of bursts.
    package enum RateScaleMode: String, Hashable, Sendable, CaseIterable {
        /// Each arrival ⌈s⌉ times, and each copy kept with the probability s / ⌈s⌉ (KunServe).
        case thinning
        /// Each arrival ⌊s⌋ times, and once more with the probability of the rest (TraceUpscaler).
        case replication
    }

    /// The end of the slice comes again and again, for a burst that does not end.
    package struct RepeatTail: Hashable, Sendable {
        /// Where the tail begins, from the slice's own beginning.
        package var startSeconds: Double
        package var times: Int
        /// Requests of the repeated tails for each one of the first.
        package var rateScale: Double
    }

    /// How long prompts and answers are.
    package enum Lengths: Hashable, Sendable {
        case ofTrace
        /// Uniform between mean · (1 - ratio) and mean · (1 + ratio).
        case uniform(input: TokenCount, output: TokenCount, ratio: Double)
        /// Of a file with `input_tokens` and `output_tokens`.
        case file(String, Order)
        /// Few are very long; prompts and answers are independent.
        case powerLaw(input: PowerLaw, output: PowerLaw)
    }

    /// Zipf's law, scaled to a mean (Llumnix §6.1).
    package struct PowerLaw: Hashable, Sendable {
        /// Before the longest are cut.
        package var mean: TokenCount
        /// `nil` for the one that belongs to the mean.
        package var exponent: Double?
        /// Where they are cut.
        package var longest: TokenCount

        package init(mean: TokenCount, exponent: Double? = nil, longest: TokenCount) {
            self.mean = mean
            self.exponent = exponent
            self.longest = longest
        }
    }

    /// Requests of another cohort, each drawn by chance.
    package struct Share: Hashable, Sendable {
        /// The probability, above 0.
        package var share: Double
        package var cohort: RequestCohort

        package init(_ share: Double, _ cohort: RequestCohort) {
            self.share = share
            self.cohort = cohort
        }
    }

    /// How the rows of a file are taken.
    package enum Order: String, Hashable, Sendable, CaseIterable {
        /// Each by chance.
        case random
        /// From the first on, and over again.
        case sequential
    }

    package init(_ arrivals: Arrivals) { self.arrivals = arrivals }
}

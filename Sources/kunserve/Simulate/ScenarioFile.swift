internal import ArgumentParser
internal import Benchmarking
internal import Domain
internal import Simulation

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A scenario and the files beside it.
struct ScenarioFile {
    let path: String
    let scenario: Scenario
    let traceDirectory: String?

    init(path: String, traceDirectory: String?) throws {
        self.path = path
        self.traceDirectory = traceDirectory
        let bytes = try SystemFile.read(path, limit: 1 << 24)
        let file = path.split(separator: "/").last ?? "scenario"
        let name = file.hasSuffix(".json") ? file.dropLast(5) : file
        do {
            scenario = try Scenario(parsing: bytes, name: String(name))
        } catch {
            throw ValidationError("\(path): \(error)")
        }
    }

    /// Where a file is that the scenario names: in the trace directory, or beside the scenario.
    func locate(_ name: String) -> String {
        guard !name.hasPrefix("/") else { return name }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let beside = folder.isEmpty ? name : folder.joined(separator: "/") + "/" + name
        guard let traceDirectory else { return beside }
        let last = name.split(separator: "/").last.map(String.init) ?? name
        return ["\(traceDirectory)/\(name)", "\(traceDirectory)/\(last)"].first {
            access($0, R_OK) == 0
        } ?? beside
    }
}

// MARK: - Load

extension ScenarioFile {
    /// The load by stream, with its files read.
    func arrivals() throws -> [ArrivalPlan] { try scenario.streams.map(arrivals) }

    private func arrivals(_ workload: ScenarioWorkload) throws -> ArrivalPlan {
        var plan = ArrivalPlan(try source(workload))
        plan.lengths = try lengths(workload)
        plan.mode = workload.rateScaleMode == .thinning ? .thinning : .replication
        plan.tail = workload.repeatTail.map {
            ArrivalPlan.RepeatedTail(
                startSeconds: $0.startSeconds, times: $0.times, rateScale: $0.rateScale)
        }
        plan.limits.inputScale = workload.lengthScaleInput
        plan.limits.outputScale = workload.lengthScaleOutput
        plan.limits.maxInput = workload.maxInputLen
        plan.limits.maxOutput = workload.maxOutputLen
        plan.limits.maxTotal = workload.maxTotalLen
        plan.limit = workload.numPrompts
        return plan
    }

    private func source(_ workload: ScenarioWorkload) throws -> ArrivalPlan.Source {
        switch workload.arrivals {
        case .trace(let trace):
            var slice = TraceWorkload(path: locate(trace.path))
            slice.startSeconds = trace.startSeconds
            slice.durationSeconds = trace.durationSeconds
            slice.timeScale = trace.timeScale
            let rows = try slice.slice(of: try TraceReader.read(slice.path))
            let last = rows.last?.arrivalSeconds ?? 0
            let seconds = trace.durationSeconds.map { $0 / trace.timeScale } ?? last
            return .rows(rows, seconds: seconds)
        case .process(let phases):
            return .phases(
                phases.map { phase in
                    let process = ArrivalProcess(
                        requestsPerSecond: phase.requestRate, burstiness: phase.burstiness)
                    let count = phase.seconds.map { $0 * phase.requestRate }
                    return ArrivalPlan.Phase(
                        arrivals: process, count: count ?? Double(workload.numPrompts ?? 0))
                })
        case .atOnce(let count):
            return .phases([ArrivalPlan.Phase(arrivals: ArrivalProcess(), count: Double(count))])
        }
    }

    private func lengths(_ workload: ScenarioWorkload) throws -> LengthSource {
        switch workload.lengths {
        case .ofTrace: .own
        case .uniform(let input, let output, let ratio):
            .uniform(input: input, output: output, ratio: ratio)
        case .file(let path, let order):
            .rows(try TraceReader.read(locate(path), .lengths), isRandom: order == .random)
        case .powerLaw(let input, let output):
            .powerLaw(input: PowerLaw(input), output: PowerLaw(output))
        }
    }
}

extension PowerLaw {
    fileprivate init(_ law: ScenarioWorkload.PowerLaw) {
        self.init(mean: law.mean, exponent: law.exponent, longest: law.longest)
    }
}

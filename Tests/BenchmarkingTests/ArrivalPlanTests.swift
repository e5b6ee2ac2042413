import Testing

@testable import Benchmarking

struct ArrivalPlanTests {
    private let rows = (0..<1000).map {
        TraceRow(arrivalSeconds: Double($0) / 10, inputTokens: 100 + $0, outputTokens: 1 + $0 % 9)
    }

    private var trace: ArrivalPlan { ArrivalPlan(.rows(rows, seconds: 100)) }

    @Test func aTraceStaysAsItIs() {
        #expect(trace.arrivals(rateScale: 1, seed: 5) == rows)
    }

    /// What a measured run would send is what a simulated one gets.
    @Test(arguments: [0.6, 1, 2.5])
    func theLoadIsThatOfAMeasuredRun(scale: Double) throws {
        var measured = TraceWorkload(path: "t")
        measured.rateScale = scale
        measured.seed = 7
        measured.lengths.inputScale = 0.5
        var plan = trace
        plan.limits.inputScale = 0.5
        let arrivals = plan.arrivals(rateScale: scale, seed: 7)
        let requests = try measured.make(from: rows).requests
        #expect(arrivals.map(\.arrivalSeconds) == requests.map(\.arrivalSeconds))
        #expect(arrivals.map(\.inputTokens) == requests.map { $0.plannedInputTokens ?? 0 })
        #expect(arrivals.map(\.outputTokens) == requests.map(\.outputTokens))
    }

    @Test func seedsAndScalesMatter() {
        let first = trace.arrivals(rateScale: 1.5, seed: 1)
        #expect(first == trace.arrivals(rateScale: 1.5, seed: 1))
        #expect(first != trace.arrivals(rateScale: 1.5, seed: 2))
        #expect(abs(first.count - 1500) < 100)
        #expect(first.map(\.arrivalSeconds) == first.map(\.arrivalSeconds).sorted())
    }

    @Test func phasesFollowOneAnother() {
        func phase(_ rate: Double, _ seconds: Double) -> ArrivalPlan.Phase {
            .init(arrivals: ArrivalProcess(requestsPerSecond: rate), count: rate * seconds)
        }
        var plan = ArrivalPlan(.phases([phase(2, 50), phase(20, 10), phase(2, 50)]))
        plan.lengths = .uniform(input: 100, output: 10, ratio: 0.5)
        for scale in [1.0, 2.5] {
            let arrivals = plan.arrivals(rateScale: scale, seed: 3)
            #expect(arrivals.count == Int(400 * scale))
            #expect(
                arrivals.count { $0.arrivalSeconds > 50 && $0.arrivalSeconds <= 60 }
                    == Int(200 * scale))
            #expect(abs((arrivals.last?.arrivalSeconds ?? 0) - 110) < 1e-6)
            #expect(arrivals.allSatisfy { (50...150).contains($0.inputTokens) })
            #expect(arrivals.allSatisfy { (5...15).contains($0.outputTokens) })
        }
        let arrivals = plan.arrivals(rateScale: 1, seed: 3)
        let (first, last) = (arrivals[..<100], arrivals[300...])
        let shifted = last.map { $0.arrivalSeconds - 60 }
        #expect(first.map(\.arrivalSeconds) != shifted, "equal phases have their own chance")
    }

    @Test func lengthsComeFromElsewhere() {
        let lengths = (1...10).map {
            TraceRow(arrivalSeconds: 0, inputTokens: $0, outputTokens: 10 * $0)
        }
        var plan = trace
        plan.lengths = .rows(lengths, isRandom: false)
        let inTurn = plan.arrivals(rateScale: 1, seed: 1)
        #expect(inTurn.map(\.inputTokens) == (0..<1000).map { 1 + $0 % 10 })
        #expect(inTurn.map(\.arrivalSeconds) == rows.map(\.arrivalSeconds))
        plan.lengths = .rows(lengths, isRandom: true)
        let drawn = plan.arrivals(rateScale: 1, seed: 1)
        #expect(Set(drawn.map(\.inputTokens)).count == 10)
        #expect(drawn.allSatisfy { $0.outputTokens == 10 * $0.inputTokens })
        #expect(drawn != plan.arrivals(rateScale: 1, seed: 2))
    }

    @Test func theTailComesAgainAndDenser() {
        var plan = trace
        plan.tail = .init(startSeconds: 90, times: 3, rateScale: 2)
        let arrivals = plan.arrivals(rateScale: 1, seed: 1)
        #expect(arrivals.count { $0.arrivalSeconds < 100 } == 1000)
        for turn in 0..<3 {
            let start = 100 + Double(turn) * 10
            let count = arrivals.count { (start - 0.005..<start + 9.995) ~= $0.arrivalSeconds }
            #expect(abs(count - 200) <= 2, "\(turn): \(count)")
        }
        #expect((arrivals.last?.arrivalSeconds ?? 0) < 130.01)
        #expect(arrivals.dropFirst(1000).allSatisfy { $0.inputTokens >= 1000 })
    }

    @Test func theNumberOfRequestsIsKnownBefore() {
        var plan = trace
        #expect(plan.expectedCount(rateScale: 1) == 1000)
        plan.tail = .init(startSeconds: 0, times: 3, rateScale: 2)
        #expect(plan.expectedCount(rateScale: 2) == 14_000)
        let count = plan.arrivals(rateScale: 2, seed: 1).count
        #expect(abs(count - 14_000) < 10)
    }

    @Test func theLimitCountsAtTheEnd() {
        var plan = trace
        plan.limit = 700
        #expect(plan.arrivals(rateScale: 2, seed: 1).count == 700)
    }
}

struct ReplicationTests {
    private let rows = (0..<10_000).map {
        TraceRow(arrivalSeconds: Double($0), inputTokens: $0, outputTokens: 1)
    }

    @Test(arguments: [0.25, 1.5, 2.2, 3.0])
    func eachArrivalHasItsShare(scale: Double) {
        let kept = TraceUpscaler(scale: scale, seed: 9, mode: .replication).rows(from: rows)
        let fraction = scale - scale.rounded(.down)
        let deviation = (10_000 * fraction * (1 - fraction)).squareRoot()
        #expect(abs(Double(kept.count) - 10_000 * scale) <= 4 * deviation)
        var copies = Array(repeating: 0, count: rows.count)
        for (row, copy) in kept {
            #expect(copy == copies[row.inputTokens])
            copies[row.inputTokens] += 1
        }
        let whole = Int(scale)
        #expect(copies.allSatisfy { $0 == whole || ($0 == whole + 1 && fraction > 0) })
    }
}

struct LengthFileTests {
    @Test func timesAreNotNeeded() throws {
        let text = "output_tokens,input_tokens\n5,7\n1,2\n"
        let rows = try TraceReader.parse(Array(text.utf8), file: "l.csv", .lengths)
        #expect(rows.map(\.inputTokens) == [7, 2] && rows.map(\.outputTokens) == [5, 1])
    }

    @Test func lengthsAreNeeded() {
        let error = #expect(throws: WorkloadError.self) {
            try TraceReader.parse(Array("arrival_s\n1\n".utf8), file: "l.csv", .lengths)
        }
        #expect(error?.description.hasPrefix("l.csv:1: no column 'input_tokens'") == true)
    }
}

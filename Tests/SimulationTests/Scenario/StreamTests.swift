import Domain
import Simulation
import TestSupport
import Testing

struct StreamTests {
    private static func read(_ workload: String) throws(ScenarioError) -> Scenario {
        let text = #"{"cluster": {"preset": "a10-llama-7b"}, "workload": \#(workload)}"#
        return try Scenario(parsing: Array(text.utf8), name: "s")
    }

    private static let chats = """
        {"request-rate": 4, "cv": 2, "duration": 60, "class": "chat", "ttft-ms": 500,
         "itl-ms": 80.5, "power-law-lengths": {"input-mean": 128, "output-mean": 512}}
        """

    private static let batch = """
        {"start": 30, "request-rate": "inf", "num-prompts": 900, "priority": 3, "class": "batch",
         "ttft-ms": 3600000, "random-input-len": 256, "random-output-len": 64,
         "shares": [{"share": 0.25, "priority": -1}, {"share": 0.5, "class": "free"}]}
        """

    @Test func allOfAStreamIsRead() throws {
        let streams = try Self.read("{\"streams\": [\(Self.chats), \(Self.batch)]}").streams
        #expect(streams.count == 2)
        let chat = ServicePromise("chat", ttft: .milliseconds(500), itl: .microseconds(80_500))
        #expect(streams[0].cohort == RequestCohort(chat) && streams[0].shares.isEmpty)
        #expect(streams[0].startSeconds == 0)
        #expect(
            streams[0].arrivals
                == .process([.init(requestRate: 4, burstiness: 0.25, seconds: 60)]))
        #expect(
            streams[0].lengths
                == .powerLaw(
                    input: .init(mean: 128, longest: 6144), output: .init(mean: 512, longest: 6144))
        )
        let batch = ServicePromise("batch", ttft: .seconds(3600))
        #expect(streams[1].arrivals == .atOnce(900) && streams[1].startSeconds == 30)
        #expect(streams[1].cohort == RequestCohort(priority: 3, batch))
        #expect(
            streams[1].shares == [
                .init(0.25, RequestCohort(priority: -1, batch)),
                .init(0.5, RequestCohort(priority: 3, ServicePromise("free"))),
            ])
    }

    @Test func aWorkloadIsTheOnlyStream() throws {
        let alone = try Self.read(Self.chats).streams
        #expect(try Self.read("{\"streams\": [\(Self.chats)]}").streams == alone)
        #expect(try Self.read("{\"streams\": \(Self.chats)}").streams == alone)
        let plain = try Self.read(#"{"dataset-path": "t"}"#).streams
        #expect(plain.count == 1 && plain[0].cohort == RequestCohort() && plain[0].shares.isEmpty)
    }

    @Test func aPowerLawMayBeGiven() throws {
        let law = #"{"input-mean": 9, "output-mean": 7, "output-exponent": 0.5, "max": 50}"#
        let stream = try Self.read(#"{"dataset-path": "t", "power-law-lengths": \#(law)}"#).streams
        #expect(
            stream[0].lengths
                == .powerLaw(
                    input: .init(mean: 9, longest: 50),
                    output: .init(mean: 7, exponent: 0.5, longest: 50)))
    }

    // MARK: Errors

    private static func trace(_ members: String) -> String {
        #"{"dataset-path": "t", \#(members)}"#
    }

    private static func rate(_ members: String) -> String {
        #"{"request-rate": "inf", "random-input-len": 1, "random-output-len": 1, \#(members)}"#
    }

    private static func law(_ members: String) -> String {
        trace(#""power-law-lengths": {\#(members)}"#)
    }

    @Test(arguments: [
        (
            trace(#""shares": [{"share": 1.5}]"#),
            "workload.shares[0].share is 1.5, expected a number"
        ),
        (trace(#""shares": [{"share": 0}]"#), "workload.shares[0].share is 0, expected a number"),
        (trace(#""shares": [{"share": -0.1}]"#), "workload.shares[0].share is -0.1, expected"),
        (trace(#""shares": [{"share": "all"}]"#), "workload.shares[0].share is \"all\", expected"),
        (trace(#""shares": [{"priority": 1}]"#), "workload.shares[0].share is missing, expected"),
        (trace(#""shares": [7]"#), "workload.shares[0] is 7, expected an object"),
        (trace(#""shares": []"#), "workload.shares has 0 elements, expected 1 to 100"),
        (
            trace(#""shares": [{"share": 0.6}, {"share": 0.6}]"#),
            "workload.shares are 1.2 together, expected at most 1"
        ),
        (
            trace(#""shares": [{"share": 0.6, "priorty": 1}]"#),
            "workload.shares[0].priorty is unknown; did you mean priority?"
        ),
        (trace(#""priority": 0.5"#), "workload.priority is 0.5, expected a whole number from"),
        (trace(#""priority": 1e30"#), "workload.priority is 1"),
        (trace(#""class": "a,b""#), "workload.class is \"a,b\", expected 1 to 64 letters"),
        (trace(#""class": """#), "workload.class is \"\", expected 1 to 64 letters"),
        (trace(#""class": {}"#), "workload.class is {}, expected 1 to 64 letters"),
        (trace(#""ttft-ms": 5"#), "workload.ttft-ms means nothing without class"),
        (
            trace(#""class": "a", "shares": [{"share": 0.5, "itl-ms": 5}]"#),
            "workload.shares[0].itl-ms means nothing without class"
        ),
        (trace(#""class": "a", "itl-ms": -1"#), "workload.itl-ms is -1, expected a number above"),
        (
            trace(#""class": "a", "itl-ms": 1, "shares": [{"share": 1, "class": "a"}]"#),
            "workload has two classes a with different limits, expected one"
        ),
        (trace(#""start": -1"#), "workload.start is -1, expected a number from 0.0"),
        (trace(#""streams": []"#), "workload.streams has 0 elements, expected 1 to 100"),
        (
            trace(#""streams": [{"dataset-path": "t"}]"#),
            "workload.dataset-path means nothing beside streams"
        ),
        (#"{"stream": 1}"#, "workload.stream is unknown; did you mean streams?"),
        (#"{"streams": [{}]}"#, "workload.streams[0] has none of dataset-path, request-rate"),
        (
            #"{"streams": [{"streams": [{"dataset-path": "t"}]}]}"#,
            "workload.streams[0].streams is unknown"
        ),
        (rate(#""start": 0"#), "workload.num-prompts is missing, expected requests"),
        (
            rate(#""num-prompts": 5, "cv": 1"#),
            "workload.cv means nothing beside an infinite request-rate"
        ),
        (
            #"{"request-rate": "many"}"#,
            "workload.request-rate is \"many\", expected a number above"
        ),
        (
            #"{"request-rate": "inf", "num-prompts": 5}"#,
            "workload.random-input-len is missing, expected lengths"
        ),
        (law(#""input-mean": 5"#), "workload.power-law-lengths.output-mean is missing"),
        (
            law(#""input-mean": 0, "output-mean": 5"#),
            "workload.power-law-lengths.input-mean is 0, expected a whole number from 1"
        ),
        (
            law(#""input-mean": 5, "output-mean": 5, "max": 4"#),
            "workload.power-law-lengths.input-mean is 5, expected at most max, which is 4"
        ),
        (
            law(#""input-mean": 5, "output-mean": 5, "input-exponent": -1"#),
            "workload.power-law-lengths.input-exponent is -1, expected a number from 0.0"
        ),
        (
            trace(
                #""random-input-len": 5, "#
                    + #""power-law-lengths": {"input-mean": 5, "output-mean": 5}"#),
            "workload.power-law-lengths is given beside other lengths"
        ),
        (
            trace(#""power-law-lengths": {"input-mean": 5}, "lengths-path": "l""#),
            "workload.lengths-path is given beside random lengths"
        ),
    ])
    func saysWhatAndWhere(workload: String, message: String) {
        do {
            _ = try Self.read(workload)
            Issue.record("no error")
        } catch {
            #expect(error.description.hasPrefix(message), "\(error)")
        }
    }

    /// Damaged streams end in an error or are read, and what is read can be drawn.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func damagedStreamsDoNotTrap(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var bytes = Array("{\"streams\": [\(Self.chats), \(Self.batch)]}".utf8)
        for _ in 0...random.next() % 3 {
            let place = Int(random.next() % UInt64(bytes.count))
            bytes[place] = Array("0123456789-.e\"{}[],: ".utf8)[Int(random.next() % 21)]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let scenario = try? Self.read(text) else { return }
        let drawn = scenario.streams.map { _ in Self.requests(5) }
        #expect(scenario.requests(drawn, seed: seed).count == 5 * scenario.streams.count)
    }
}

// MARK: - Drawing

extension StreamTests {
    private static func requests(_ count: Int) -> [SimulatedArrival] {
        (0..<count).map {
            SimulatedArrival(
                time: .milliseconds($0 * 10), inputTokens: 1 + $0 % 97, outputTokens: 1 + $0 % 31)
        }
    }

    private static func scenario(_ members: String) throws -> Scenario {
        try read(#"{"dataset-path": "t"\#(members)}"#)
    }

    private static let shares = """
        , "class": "chat", "shares": [{"share": 0.1, "priority": -1}, {"share": 0.3, "class": "x"}]
        """

    @Test(arguments: 0..<20 as Range<UInt64>)
    func sharesAreThoseOfTheFile(seed: UInt64) throws {
        let count = 20_000
        let drawn = try Self.scenario(Self.shares).requests([Self.requests(count)], seed: seed)
        for (share, cohort) in [
            (0.1, RequestCohort(priority: -1, ServicePromise("chat"))),
            (0.3, RequestCohort(ServicePromise("x"))), (0.6, RequestCohort(ServicePromise("chat"))),
        ] {
            let deviation = (Double(count) * share * (1 - share)).squareRoot()
            let found = drawn.count { $0.cohort == cohort }
            #expect(abs(Double(found) - Double(count) * share) < 4.5 * deviation)
        }
    }

    /// Whoever is of which cohort, requests come when they come and are as long as they are.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func cohortsChangeNothingElse(seed: UInt64) throws {
        let requests = Self.requests(500)
        let without = try Self.scenario("").requests([requests], seed: seed)
        #expect(without == requests)
        let with = try Self.scenario(Self.shares).requests([requests], seed: seed)
        #expect(with != requests)
        #expect(with == (try Self.scenario(Self.shares).requests([requests], seed: seed)))
        #expect(with != (try Self.scenario(Self.shares).requests([requests], seed: seed + 1)))
        let plain = with.map { request in
            var request = request
            request.cohort = RequestCohort()
            return request
        }
        #expect(plain == requests)
    }

    @Test func aShareOfOneIsAll() throws {
        let tenth = #"{"share": 0.1, "priority": 1}"#
        let tenths = Array(repeating: tenth, count: 10).joined(separator: ", ")
        let scenario = try Self.scenario(#", "shares": [\#(tenths)]"#)
        let drawn = scenario.requests([Self.requests(5000)], seed: 3)
        #expect(drawn.allSatisfy { $0.priority == 1 })
    }

    @Test func streamsComeTogetherInOrderOfTime() throws {
        let scenario = try Self.read(
            """
            {"streams": [{"dataset-path": "t", "priority": 1, "random-prefix-len": 5},
              {"dataset-path": "u", "start": 0.1, "priority": 2, "random-prefix-len": 7}]}
            """)
        let all = scenario.requests([Self.requests(30), Self.requests(30)], seed: 0)
        #expect(all.count == 60)
        for (left, right) in zip(all, all.dropFirst()) {
            #expect((left.time, left.priority) < (right.time, right.priority))
        }
        let (first, second) = (all.filter { $0.priority == 1 }, all.filter { $0.priority == 2 })
        for (number, request) in Self.requests(30).enumerated() {
            #expect(first[number].time == request.time)
            #expect(second[number].time == request.time + .milliseconds(100))
            #expect(first[number].inputTokens == request.inputTokens + 5)
            #expect(second[number].inputTokens == request.inputTokens + 7)
            #expect(first[number].prefix == .init(number: 0, tokens: 5))
            #expect(second[number].prefix == .init(number: 1, tokens: 7))
        }
    }

    @Test func streamsHaveSeedsOfTheirOwn() throws {
        var seeds = Set<UInt64>()
        for seed in 0..<20 as Range<UInt64> {
            #expect(Scenario.seed(seed, ofStream: 0) == seed)
            for number in 0..<20 { seeds.insert(Scenario.seed(seed, ofStream: number)) }
        }
        #expect(seeds.count == 400)
        let stream = #"{"dataset-path": "t", "shares": [{"share": 0.5, "priority": 1}]}"#
        let scenario = try Self.read("{\"streams\": [\(stream), \(stream)]}")
        let all = scenario.requests([Self.requests(100), Self.requests(100)], seed: 0)
        let pairs = stride(from: 0, to: 200, by: 2).map { (all[$0].priority, all[$0 + 1].priority) }
        #expect(pairs.contains { $0 != $1 })
    }
}

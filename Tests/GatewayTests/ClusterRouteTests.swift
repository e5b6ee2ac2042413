internal import Domain
internal import Gateway
internal import Telemetry
internal import Testing

/// What operators see and ask, over real sockets.
@Suite(.timeLimit(.minutes(5))) struct ClusterRouteTests {
    private static let local = ["Host": "127.0.0.1:8000"]

    /// The exact text, for other programs read it.
    private static let golden =
        #"{"time":12.345,"policy":"drop","instances":[{"id":0,"phase":"dropped","layers":[0,4],"#
        + #""embedding":true,"head":false,"memory":{"budget":2000,"weights":800,"kv_used":400,"#
        + #""kv_cached":200,"kv_free":300,"workspace":290,"spare":10},"#
        + #""class":"interactive","batch_size":24},{"id":1,"#
        + #""phase":"changing","layers":[4,8],"embedding":false,"head":true,"memory":{"#
        + #""budget":2000,"weights":800,"kv_used":400,"kv_cached":200,"kv_free":300,"#
        + #""workspace":290,"spare":10},"class":null,"batch_size":null}],"#
        + #""groups":[{"id":1,"stages":[{"instance":1,"#
        + #""layers":[0,8]}],"running":2,"waiting":0,"stalled":1,"steps_in_flight":0,"#
        + #""used_blocks":8,"total_blocks":50,"phase":"closing"},{"id":2,"stages":[{"#
        + #""instance":0,"layers":[0,4]},{"instance":1,"layers":[4,8]}],"running":5,"waiting":3,"#
        + #""stalled":0,"steps_in_flight":2,"used_blocks":40,"total_blocks":100,"#
        + #""phase":"serving"}],"running":7,"waiting":3,"waiting_batch":0,"ttft_p50_ms":41.5,"#
        + #""ttft_p99_ms":2000.0,"tpot_p50_ms":null,"tpot_p99_ms":null}"#

    @Test func snapshot() async throws {
        try await TestServer.run(operations: FakeCluster()) { server in
            let reply = try await server.send("GET", "/v1/cluster")
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "application/json")
            #expect(reply.text == Self.golden)
        }
    }

    @Test func log() async throws {
        let cluster = FakeCluster()
        try await TestServer.run(operations: cluster) { server in
            #expect(try await server.send("GET", "/v1/cluster/log").text == #"{"events":[]}"#)
            for number in 1...3 { cluster.log("drop_started", "number \"\(number)\"") }
            let reply = try await server.send("GET", "/v1/cluster/log?x=1&after=2")
            #expect(
                reply.text == #"{"events":[{"number":3,"time":0.75,"kind":"drop_started","#
                    + #""message":"number \"3\""}]}"#)
            let all = try await server.send("GET", "/v1/cluster/log?after=0").json()
            #expect(all["events"]?.arrayValue?.count == 3)
            let none = try await server.send("GET", "/v1/cluster/log?after=\(UInt64.max)").json()
            #expect(none["events"] == [])
            for bad in ["", "-1", "x", "1.5", "18446744073709551616", "%00"] {
                let reply = try await server.send("GET", "/v1/cluster/log?after=\(bad)")
                #expect(reply.status == 400)
                #expect(try reply.json()["error"]?["param"] == "after")
            }
        }
    }

    @Test func commands() async throws {
        let cluster = FakeCluster()
        try await TestServer.run(operations: cluster) { server in
            let asked: [(String, String?)] = [
                ("drop", nil), ("drop", "{}"), ("drop", #"{"bytes":null}"#),
                ("drop", #"{"bytes":4294967296}"#), ("restore", nil), ("instances/1/drain", "{}"),
            ]
            for (path, body) in asked {
                let reply = try await server.send(
                    "POST", "/v1/cluster/\(path)", body: body, headers: Self.local)
                #expect(reply.status == 202)
                #expect(reply.text == #"{"status":"accepted","message":"As you wish."}"#)
            }
            #expect(
                cluster.commands == [
                    .drop(freeing: nil), .drop(freeing: nil), .drop(freeing: nil),
                    .drop(freeing: .gibibytes(4)), .restore, .drain(InstanceID(1)),
                ])
            cluster.answer(with: .refused("Nothing is dropped."))
            let refused = try await server.send(
                "POST", "/v1/cluster/restore", headers: Self.local)
            #expect(refused.status == 409)
            #expect(try refused.json()["error"]?["code"] == "command_refused")
            #expect(try refused.json()["error"]?["message"] == "Nothing is dropped.")
        }
    }

    @Test func instancesComeAndGo() async throws {
        let cluster = FakeCluster()
        try await TestServer.run(operations: cluster) { server in
            let more = [InstanceID(2), InstanceID(3)]
            cluster.answer(with: .accepted("They start.", starting: more))
            for body in [nil, "{}", #"{"count":2}"#] as [String?] {
                let reply = try await server.send(
                    "POST", "/v1/cluster/instances", body: body, headers: Self.local)
                #expect(reply.status == 202)
                #expect(
                    reply.text
                        == #"{"status":"accepted","message":"They start.","instances":[2,3]}"#)
            }
            cluster.answer(with: .accepted("It goes."))
            let gone = try await server.send(
                "DELETE", "/v1/cluster/instances/1", headers: Self.local)
            #expect(gone.status == 202)
            #expect(gone.text == #"{"status":"accepted","message":"It goes."}"#)
            #expect(
                cluster.commands == [
                    .addInstances(1), .addInstances(1), .addInstances(2),
                    .removeInstance(InstanceID(1)),
                ])
            cluster.answer(with: .refused("There may be no more."))
            let refused = try await server.send(
                "POST", "/v1/cluster/instances", headers: Self.local)
            #expect(refused.status == 409)
            #expect(try refused.json()["error"]?["code"] == "command_refused")
            for id in ["2", "-1", "01", "x"] {
                let reply = try await server.send(
                    "DELETE", "/v1/cluster/instances/\(id)", headers: Self.local)
                #expect(reply.status == 404)
                #expect(try reply.json()["error"]?["code"] == "instance_not_found")
            }
        }
    }

    /// An instance that is not there is shown as such.
    @Test func absentInstances() async throws {
        let cluster = FakeCluster()
        var snapshot = ClusterSnapshot.test
        snapshot.instances[1] = InstanceSnapshot(id: InstanceID(1), phase: .starting)
        cluster.show(snapshot)
        try await TestServer.run(operations: cluster) { server in
            let instance = try await server.send("GET", "/v1/cluster").json()["instances"]?
                .arrayValue?[1]
            #expect(instance?["phase"] == "starting" && instance?["layers"] == [0, 0])
            #expect(instance?["memory"]?["budget"] == 0)
        }
    }

    @Test(
        arguments: [
            ("drop", #"{"bytes":0}"#, 400, "bytes"), ("drop", #"{"bytes":"1"}"#, 400, "bytes"),
            ("drop", #"{"bytes":1e300}"#, 400, "bytes"), ("drop", "[]", 400, nil),
            ("restore", "{", 400, nil), ("instances/2/drain", nil, 404, "id"),
            ("instances/-1/drain", nil, 404, "id"), ("instances/%ff/drain", nil, 404, "id"),
            ("instances/01/drain", nil, 404, "id"), ("instances/99999999999/drain", nil, 404, "id"),
            ("instances", #"{"count":0}"#, 400, "count"),
            ("instances", #"{"count":"2"}"#, 400, "count"),
            ("instances", #"{"count":65}"#, 400, "count"), ("instances", "3", 400, nil),
            ("what-if", nil, 400, nil), ("what-if", "{}", 400, "arrivals"),
        ] as [(String, String?, Int, String?)])
    func badRequests(path: String, body: String?, status: Int, param: String?) async throws {
        let cluster = FakeCluster()
        try await TestServer.run(operations: cluster) { server in
            let reply = try await server.send(
                "POST", "/v1/cluster/\(path)", body: body, headers: Self.local)
            #expect(reply.status == status)
            let error = try #require(try reply.json()["error"]?.objectValue)
            #expect(error.keys == ["message", "type", "param", "code"])
            #expect(error["param"] == param.map { .string($0) } ?? .null)
            #expect(cluster.commands.isEmpty)
        }
    }

    @Test func withoutACluster() async throws {
        try await TestServer.run { server in
            for path in ["/", "/v1/cluster", "/v1/cluster/log", "/v1/cluster/stream"] {
                #expect(try await server.send("GET", path).status == 404)
            }
            for path in ["drop", "restore", "instances", "instances/0/drain", "what-if"] {
                let reply = try await server.post("/v1/cluster/\(path)", "{}")
                #expect(reply.status == 404)
                #expect(try reply.json()["error"]?["code"] == "unknown_url")
            }
        }
    }

    @Test func methodsAndMetricNames() async throws {
        try await TestServer.run(operations: FakeCluster()) { server in
            for (method, path, allowed) in [
                ("POST", "/v1/cluster", "GET"), ("GET", "/v1/cluster/drop", "POST"),
                ("GET", "/v1/cluster/instances/7/drain", "POST"), ("POST", "/", "GET"),
                ("GET", "/v1/cluster/instances", "POST"),
                ("GET", "/v1/cluster/instances/7", "DELETE"),
            ] {
                let reply = try await server.send(method, path)
                #expect(reply.status == 405)
                #expect(reply.headers["allow"] == allowed)
            }
            for path in ["instances/1/2/drain", "instances//drain", "instances/1/2"] {
                let reply = try await server.post("/v1/cluster/\(path)", "{}")
                #expect(reply.status == 404)
            }
            let text = try await server.send("GET", "/metrics").text
            let name = #"path="/v1/cluster/instances/{id}/drain",status="405""#
            #expect(text.contains(name))
        }
    }
}

// MARK: - What if

extension ClusterRouteTests {
    private static func ask(
        _ body: String, _ cluster: FakeCluster, limits: GatewayLimits = GatewayLimits()
    ) async throws -> HTTPReply {
        let replies = AsyncStream<HTTPReply>.makeStream()
        try await TestServer.run(operations: cluster, limits: limits) { server in
            replies.continuation.yield(
                try await server.send("POST", "/v1/cluster/what-if", body: body, headers: local))
        }
        var iterator = replies.stream.makeAsyncIterator()
        return try #require(await iterator.next())
    }

    private static let question =
        #"{"arrivals":[{"arrival_s":1.5,"input_tokens":9,"output_tokens":2},"#
        + #"{"arrival_s":0,"input_tokens":4.0,"output_tokens":1}],"horizon_s":60}"#

    @Test func whatIf() async throws {
        let questions = AsyncStream<WhatIfQuestion>.makeStream()
        let cluster = FakeCluster { question in
            questions.continuation.yield(question)
            return .test
        }
        let reply = try await Self.ask(Self.question, cluster)
        #expect(
            reply.text == #"{"requests":2,"rejected":1,"ttft_ms":{"p50":20.0,"p90":90.0,"#
                + #""p99":99.0,"max":100.0},"queue_ms":null,"peak_demand":1.25,"events":[{"#
                + #""time_s":1.5,"kind":"drop_started","message":"layers 4–7"}],"timeline":{"#
                + #""step_s":1,"running":[1,2],"waiting":[0,3],"used_blocks":[4,60],"#
                + #""total_blocks":[50,100]}}"#)
        var iterator = questions.stream.makeAsyncIterator()
        let asked = WhatIfQuestion(
            arrivals: [
                .init(time: .zero, inputTokens: 4, outputTokens: 1),
                .init(time: .seconds(1.5), inputTokens: 9, outputTokens: 2),
            ], horizon: .seconds(60))
        #expect(await iterator.next() == asked)
    }

    struct Boom: Error {}

    @Test func whatIfWithoutAnAnswer() async throws {
        let refused = try await Self.ask(
            Self.question, FakeCluster { _ in throw WhatIfRefusal(reason: "No cost model.") })
        #expect(refused.status == 409)
        #expect(try refused.json()["error"]?["message"] == "No cost model.")
        let failed = try await Self.ask(Self.question, FakeCluster { _ in throw Boom() })
        #expect(failed.status == 500)
        var limits = GatewayLimits()
        limits.whatIfTimeout = .milliseconds(50)
        let endless = FakeCluster { _ in
            try await Task.sleep(for: .seconds(3600))
            return .test
        }
        let late = try await Self.ask(Self.question, endless, limits: limits)
        #expect(late.status == 503)
        #expect(try late.json()["error"]?["code"] == "simulation_timeout")
        limits.maxWhatIfs = 0
        let busy = try await Self.ask(Self.question, FakeCluster(), limits: limits)
        #expect(try busy.json()["error"]?["code"] == "too_many_simulations")
    }

    /// A client that leaves ends the simulation and gives its place back.
    @Test func whatIfOfAClientThatLeaves() async throws {
        let notes = AsyncStream<String>.makeStream()
        var limits = GatewayLimits()
        limits.maxWhatIfs = 1
        let cluster = FakeCluster { question in
            guard question.arrivals.count > 1 else { return .test }
            notes.continuation.yield("started")
            defer { notes.continuation.yield("ended") }
            try await Task.sleep(for: .seconds(3600))
            return .test
        }
        try await TestServer.run(operations: cluster, limits: limits) { server in
            var iterator = notes.stream.makeAsyncIterator()
            let client = try server.connect()
            try await client.send(
                TestServer.request(
                    "POST", "/v1/cluster/what-if", body: Self.question, headers: Self.local))
            #expect(await iterator.next() == "started")
            await client.close()
            #expect(await iterator.next() == "ended")
            let body = #"{"arrivals":[{"arrival_s":0,"input_tokens":1,"output_tokens":1}]}"#
            var reply: HTTPReply
            repeat {
                reply = try await server.send(
                    "POST", "/v1/cluster/what-if", body: body, headers: Self.local)
            } while reply.status == 503
            #expect(reply.status == 200)
        }
    }
}

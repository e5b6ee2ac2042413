internal import Domain
import Testing

@testable import Gateway

/// Who may look at the cell and who may command it.
@Suite(.timeLimit(.minutes(5))) struct OperatorKeyTests {
    private static let reads = ["/v1/cluster", "/v1/cluster/log"]
    private static let writes = [
        "drop", "restore", "instances", "instances/0/drain", "what-if",
    ]

    /// What each key opens: the answers' statuses for looking, commanding and generating.
    private func expect(
        _ server: TestServer, key: String?, reads: Int, writes: Int, clients: Int
    ) async throws {
        var headers = ["Host": "127.0.0.1"]
        if let key { headers["Authorization"] = "Bearer \(key)" }
        for path in Self.reads {
            let reply = try await server.send("GET", path, headers: headers)
            #expect(reply.status == reads, "\(path) with \(key ?? "no key")")
        }
        let question = #"{"arrivals":[{"arrival_s":0,"input_tokens":1,"output_tokens":1}]}"#
        for path in Self.writes {
            let reply = try await server.send(
                "POST", "/v1/cluster/\(path)", body: question, headers: headers)
            let success = path == "what-if" ? 200 : 202
            #expect(reply.status == (writes == 200 ? success : writes))
        }
        let models = try await server.send("GET", "/v1/models", headers: headers)
        #expect(models.status == clients)
        #expect(try await server.send("GET", "/").status == 200)
    }

    @Test func withoutKeys() async throws {
        try await TestServer.run(operations: FakeCluster()) { server in
            try await expect(server, key: nil, reads: 200, writes: 200, clients: 200)
            try await expect(server, key: "any", reads: 200, writes: 200, clients: 200)
        }
    }

    @Test func withAnAPIKey() async throws {
        try await TestServer.run(operations: FakeCluster(), apiKey: "user") { server in
            try await expect(server, key: nil, reads: 401, writes: 401, clients: 401)
            try await expect(server, key: "wrong", reads: 401, writes: 401, clients: 401)
            try await expect(server, key: "user", reads: 200, writes: 200, clients: 200)
        }
    }

    @Test func withAnAdminKey() async throws {
        try await TestServer.run(operations: FakeCluster(), adminKey: "boss") { server in
            try await expect(server, key: nil, reads: 200, writes: 401, clients: 200)
            try await expect(server, key: "boss", reads: 200, writes: 200, clients: 200)
        }
    }

    @Test func withBothKeys() async throws {
        try await TestServer.run(
            operations: FakeCluster(), apiKey: "user", adminKey: "boss"
        ) { server in
            try await expect(server, key: nil, reads: 401, writes: 401, clients: 401)
            try await expect(server, key: "user", reads: 200, writes: 401, clients: 200)
            try await expect(server, key: "boss", reads: 200, writes: 200, clients: 401)
        }
    }

    /// Without keys, words of strangers may come over loopback, too: through a proxy, from
    /// another site's page, or from a page whose name was made to point here.
    @Test(
        arguments: [
            (["Host": "localhost:8000"], 202), (["Host": "[::1]:8000"], 202),
            (["Host": "127.0.0.1:1", "Origin": "http://127.0.0.1:1"], 202),
            (["Host": "LocalHost", "Origin": "https://LocalHost"], 202),
            (["Host": "127.0.0.1:1", "Origin": "http://127.0.0.1:2"], 403),
            (["Host": "127.0.0.1:1", "Origin": "http://evil.example"], 403),
            (["Host": "127.0.0.1:1", "Origin": "null"], 403),
            (["Host": "evil.example"], 403), (["Host": "127.0.0.1.evil.example"], 403),
            (["Host": "localhost.evil.example:80"], 403), (["Host": ""], 403),
            (["Host": "127.0.0.1", "X-Forwarded-For": "1.2.3.4"], 403),
            (["Host": "127.0.0.1", "Forwarded": "for=1.2.3.4"], 403),
        ] as [([String: String], Int)])
    func withoutKeysOnlyFromHere(headers: [String: String], status: Int) async throws {
        let cluster = FakeCluster()
        try await TestServer.run(operations: cluster) { server in
            let reply = try await server.send(
                "POST", "/v1/cluster/drop", body: "{}", headers: headers)
            #expect(reply.status == status)
            #expect(cluster.commands.count == (status == 202 ? 1 : 0))
            guard status == 403 else { return }
            #expect(try reply.json()["error"]?["code"] == "admin_key_required")
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.255.0.9:80", true), ("::1", true), ("[::1]:80", true),
        ("::ffff:127.0.0.1", true), ("localhost", true), ("LOCALHOST:1", true),
        ("128.0.0.1", false), ("127.0.0.1.example", false), ("127.0.0", false),
        ("127.0.0.256", false), ("127.0.0.+1", false), ("127.1", false), ("::2", false),
        ("::ffff:10.0.0.1", false), ("", false), ("[", false), (":", false), ("[]", false),
        ("localhost.", false), ("0.0.0.0", false),
    ])
    func loopbackNames(name: String, isLoopback: Bool) {
        #expect(LoopbackName.isLoopback(name) == isLoopback)
    }
}

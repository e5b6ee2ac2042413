import Testing

@testable import Benchmarking

struct ServerAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8000", "127.0.0.1", 8000, ""),
        ("http://localhost", "localhost", 80, ""),
        ("HTTP://host:1/", "host", 1, ""),
        ("http://host:99/a/b//", "host", 99, "/a/b"),
        ("http://[::1]:8000/x", "::1", 8000, "/x"),
        ("http://[::1]", "::1", 80, ""),
    ])
    func readsURLs(url: String, host: String, port: Int, prefix: String) throws {
        let address = try ServerAddress(baseURL: url)
        #expect(address == ServerAddress(host: host, port: port, pathPrefix: prefix))
    }

    @Test(arguments: [
        "https://host", "host:80", "http://", "http://:80", "http://h:0", "http://h:70000",
        "http://h:x", "http://a:b:80", "http://[::1", "http://h/a?b", "http://h/a b",
        "http://u@h", "http://h\u{7F}", "http://h\n:80", "ftp://h", "",
    ])
    func refusesTheRest(url: String) {
        #expect(throws: ServerAddressError.self) { try ServerAddress(baseURL: url) }
    }

    @Test func hostHeaderHasBrackets() throws {
        #expect(try ServerAddress(baseURL: "http://[::1]:9").authority == "[::1]:9")
    }

    @Test func keysAreNotKept() {
        let words = CommandWords.withoutSecrets([
            "b", "--api-key", "k", "--api-key=k", "--seed", "1",
        ])
        #expect(words == ["b", "--api-key", "***", "--api-key=***", "--seed", "1"])
    }
}

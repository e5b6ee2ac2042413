internal import Domain
internal import Testing

@testable import Gateway

/// The page itself; how it looks is tested with a browser by `scripts/dashboard_test.py`.
@Suite struct DashboardTests {
    @Test func isServedAsAPage() async throws {
        try await TestServer.run(operations: FakeCluster(), apiKey: "s3cret") { server in
            let reply = try await server.send("GET", "/")
            #expect(reply.status == 200)
            #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
            #expect(reply.headers["x-content-type-options"] == "nosniff")
            #expect(reply.text.hasPrefix("<!doctype html>"))
            #expect(!reply.text.contains("s3cret"))
            let policy = try #require(reply.headers["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'"))
            let nonce = try #require(policy.firstMatch(of: /'nonce-([0-9a-f]{32})'/)).1
            #expect(reply.text.contains("<script nonce=\"\(nonce)\">"))
            #expect(reply.text.contains("<style nonce=\"\(nonce)\">"))
            let other = try await server.send("GET", "/")
            #expect(other.headers["content-security-policy"] != policy)
        }
    }

    /// Nothing is fetched from anywhere but this server.
    @Test func standsAlone() {
        let page = DashboardPage.document(nonce: "n")
        // Evaluated apart, so that a failure does not print the page.
        let named = page.contains("://")
        #expect(!named)
        let addresses = page.matches(of: /\b(?:src|href)\s*=\s*["']?([^"'\s>]*)/).map(\.1)
        #expect(addresses == ["data:,"])
        let loads = page.matches(of: /@import|url\(|\bimport\s*\(|importScripts|XMLHttpRequest/)
        #expect(loads.isEmpty)
        #expect(page.matches(of: /<script/).count == 1)
        #expect(page.matches(of: /<style/).count == 1)
        // The policy forbids them, so they would silently do nothing.
        #expect(page.matches(of: /\sstyle="|\son[a-z]+="/).isEmpty)
    }

    /// Text from the server becomes text: markup is only ever written from constants.
    @Test func neverWritesMarkupOfOthers() {
        let script = DashboardScript.text
        let writers = /outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(/
        #expect(script.matches(of: writers).isEmpty)
        #expect(script.matches(of: /innerHTML/).count == 1)
    }

    /// Every element that the script looks for is there, once.
    @Test func scriptAndMarkupAgree() {
        let ids = DashboardPage.body.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
        #expect(Set(ids).count == ids.count)
        let wanted = DashboardScript.text.matches(of: /byID\("([^"]+)"\)/).map { String($0.1) }
        #expect(Set(wanted).subtracting(ids) == [])
        #expect(wanted.count > 20)
        for match in DashboardPage.body.matches(of: /\s(?:for|aria-labelledby)="([^"]+)"/) {
            #expect(ids.contains(String(match.1)), "\(match.1)")
        }
    }
}

internal import ArgumentParser
internal import Benchmarking
internal import Domain

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Which server the load goes to, and in which form.
struct BenchTargetOptions: ParsableArguments {
    @Option(help: "Base URL such as http://127.0.0.1:8000; instead of --host and --port.")
    var baseUrl: String?

    @Option(help: "Host of the server.")
    var host = "127.0.0.1"

    @Option(help: "Port of the server.")
    var port = 8000

    @Option(help: "/v1/completions or /v1/chat/completions.")
    var endpoint = "/v1/completions"

    @Option(help: "Name of the model in the API (default: the first of /v1/models).")
    var model: String?

    @Option(help: "Key to send as a bearer token (default: OPENAI_API_KEY, or none).")
    var apiKey: String?

    @Option(help: "JSON object with further members for every request.")
    var extraBody: String?

    @Option(help: "Sampling temperature.")
    var temperature = 0.0

    @Option(help: "Seconds to wait for a server that does not listen yet.")
    var readyCheckTimeoutSec = 0

    func validate() throws {
        guard endpoint.hasPrefix("/") else {
            throw ValidationError(
                "--endpoint is \(endpoint), expected a path such as /v1/completions")
        }
        guard (0...86_400).contains(readyCheckTimeoutSec) else {
            throw ValidationError("--ready-check-timeout-sec is not within 0 to 86400")
        }
        _ = try server
        _ = try extraMembers
    }

    var server: ServerAddress {
        get throws {
            if let baseUrl { return try ServerAddress(baseURL: baseUrl) }
            guard (1...65535).contains(port) else {
                throw ValidationError("--port is \(port), expected 1 to 65535")
            }
            return ServerAddress(host: host, port: port)
        }
    }

    var key: String? { apiKey ?? getenv("OPENAI_API_KEY").map { String(cString: $0) } }

    var extraMembers: JSONObject {
        get throws {
            guard let extraBody else { return JSONObject() }
            guard case .object(let members) = try JSON.parse(extraBody) else {
                throw ValidationError("--extra-body is not a JSON object")
            }
            return members
        }
    }
}

internal import ArgumentParser
internal import Gateway
internal import Logging

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The flags that shape the HTTP server.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port = 8000

    @Option(
        help: ArgumentHelp(
            "Key that clients must send as a bearer token (default: VLLM_API_KEY, or none).",
            valueName: "key"))
    var apiKey: String?

    @Option(
        help: ArgumentHelp(
            """
            Key for commands to the cluster (default: KUNSERVE_ADMIN_API_KEY, else the API key; \
            without any, commands are taken on loopback addresses only).
            """, valueName: "key"))
    var adminApiKey: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Names of the model in the API (default: its path).", valueName: "name"))
    var servedModelName: [String] = []

    @Option(help: "File with a chat template to use instead of the model's.")
    var chatTemplate: String?

    @Option(help: "Where sampling defaults come from: auto (the model's own) or vllm (none).")
    var generationConfig: GenerationConfigSource = .auto

    @Option(help: "Seconds that running requests may take after the signal to stop.")
    var shutdownTimeout = 60

    @Option(help: "The largest request body in bytes.")
    var maxRequestBodyBytes = 10 << 20

    @Option(help: "The most open connections.")
    var maxConnections = 4096

    @Option(
        help: "How much to log: trace, debug, info, notice, warning, error, critical.",
        transform: ServerOptions.level)
    var logLevel = Logger.Level.info

    private static func level(_ name: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: name.lowercased()) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("log level \"\(name)\" is unknown; expected one of \(names)")
        }
        return level
    }

    func validate() throws {
        for (flag, value, bounds) in [
            ("--port", port, 0...65535), ("--shutdown-timeout", shutdownTimeout, 0...86400),
            ("--max-request-body-bytes", maxRequestBodyBytes, 1...1 << 32),
            ("--max-connections", maxConnections, 1...1 << 20),
        ] where !bounds.contains(value) {
            throw ValidationError(
                "\(flag) is \(value), expected \(bounds.lowerBound) to \(bounds.upperBound)")
        }
    }

    /// The key of the flag, or of the environment.
    var effectiveKey: String? { apiKey ?? Self.variable("VLLM_API_KEY") }
    var effectiveAdminKey: String? { adminApiKey ?? Self.variable("KUNSERVE_ADMIN_API_KEY") }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}

enum GenerationConfigSource: String, ExpressibleByArgument, CaseIterable {
    case auto, vllm
}

/// The paths of the server and their methods, for answers to unknown ones and for metric labels.
struct RouteNames: Sendable {
    /// By path; a part in braces stands for any text.
    private var table: [String: String] = [
        "/health": "GET", "/ready": "GET", "/ping": "GET, POST", "/version": "GET",
        "/load": "GET", "/metrics": "GET", "/v1/models": "GET", "/v1/models/{id}": "GET",
        "/tokenize": "POST", "/detokenize": "POST", "/tokenizer_info": "GET",
        "/v1/completions": "POST", "/v1/chat/completions": "POST",
    ]

    /// - Parameter hasCluster: the server has the operators' routes.
    init(hasCluster: Bool) {
        guard hasCluster else { return }
        for path in ["/", "/v1/cluster", "/v1/cluster/log", "/v1/cluster/stream"] {
            table[path] = "GET"
        }
        for name in ["drop", "restore", "what-if", "instances", "instances/{id}/drain"] {
            table["/v1/cluster/" + name] = "POST"
        }
        table["/v1/cluster/instances/{id}"] = "DELETE"
    }

    /// One of a bounded set of names.
    func label(_ path: String) -> String {
        let name = Self.generalised(path)
        return table[name] == nil ? "other" : name
    }

    /// The methods of a known path, as in an `Allow` header.
    func methods(_ path: String) -> String? { table[Self.generalised(path)] }

    private static func generalised(_ path: String) -> String {
        if path.hasPrefix("/v1/models/") { return "/v1/models/{id}" }
        guard path.hasPrefix("/v1/cluster/instances/") else { return path }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts[4].isEmpty else { return path }
        if parts.count == 5 { return "/v1/cluster/instances/{id}" }
        let isDrain = parts.count == 6 && parts[5] == "drain"
        return isDrain ? "/v1/cluster/instances/{id}/drain" : path
    }
}

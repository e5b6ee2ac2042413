/// A refusal in OpenAI's terms: the HTTP status and the members of the `error` object.
struct APIError: Error, Hashable, Sendable {
    var status: Int
    var message: String
    var type = "invalid_request_error"
    /// The request field at fault.
    var param: String?
    /// A stable name for programs.
    var code: String?
    /// Seconds after which asking again makes sense.
    var retryAfter: Int?

    /// A malformed or impossible request.
    static func invalid(_ message: String, param: String? = nil, code: String? = nil) -> APIError {
        APIError(status: 400, message: message, param: param, code: code)
    }

    /// A field that this server knows and does not serve.
    static func unsupported(_ param: String, _ message: String) -> APIError {
        invalid(message, param: param, code: "unsupported_parameter")
    }

    static func unknownModel(_ name: String) -> APIError {
        APIError(
            status: 404, message: "The model `\(name)` does not exist.", param: "model",
            code: "model_not_found")
    }

    static func unknownRoute(method: String, path: String) -> APIError {
        APIError(
            status: 404, message: "Unknown request URL: \(method) \(path).",
            code: "unknown_url")
    }

    static func methodNotAllowed(method: String, path: String) -> APIError {
        APIError(
            status: 405, message: "Not allowed to \(method) on \(path).",
            code: "method_not_allowed")
    }

    static let invalidAPIKey = APIError(
        status: 401, message: "Incorrect or missing API key.", code: "invalid_api_key")

    static func bodyTooLarge(limit: Int) -> APIError {
        APIError(
            status: 413, message: "The request body is larger than \(limit) bytes.",
            code: "request_too_large")
    }

    static let bodyTooSlow = APIError(
        status: 408, message: "The request body did not arrive in time.", code: "request_timeout")

    /// The client hung up; nobody reads this answer, but logs and metrics do.
    static let clientLeft = APIError(
        status: 499, message: "The client closed the connection.", code: "client_closed_request")

    static func unavailable(_ message: String, code: String, retryAfter: Int) -> APIError {
        APIError(
            status: 503, message: message, type: "server_error", code: code,
            retryAfter: retryAfter)
    }

    static let draining = unavailable(
        "The server is shutting down.", code: "server_draining", retryAfter: 1)

    static func engineFailed(_ message: String) -> APIError {
        APIError(status: 500, message: message, type: "server_error", code: "engine_error")
    }

    static let internalError = APIError(
        status: 500, message: "The server failed to answer.", type: "server_error",
        code: "internal_error")

    /// Prompt and completion together do not fit; OpenAI's wording, which clients search for.
    static func contextLengthExceeded(
        limit: Int, prompt: Int, completion: Int, param: String
    ) -> APIError {
        let total = prompt + completion
        return invalid(
            "This model's maximum context length is \(limit) tokens. However, you requested "
                + "\(total) tokens (\(prompt) in the \(param), \(completion) in the completion). "
                + "Please reduce the length of the \(param) or completion.",
            param: param, code: "context_length_exceeded")
    }
}

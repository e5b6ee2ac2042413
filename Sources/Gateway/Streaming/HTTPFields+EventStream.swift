internal import HTTPTypes

extension HTTPFields {
    /// The headers of server-sent events, which proxies are asked to pass on at once.
    static let eventStream: HTTPFields = [
        .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache",
        HTTPField.Name("X-Accel-Buffering") ?? .via: "no",
    ]
}

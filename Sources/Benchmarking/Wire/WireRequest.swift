internal import NIOCore
internal import NIOHTTP1

/// One request ready to be written, and who waits for the response.
struct WireRequest {
    var method: HTTPMethod = .GET
    /// With the prefix of the server.
    var path: String
    /// JSON.
    var body: ByteBuffer?
    let consumer: any ResponseConsumer

    /// - Parameter headers: those that all requests share.
    func head(_ shared: HTTPHeaders) -> HTTPRequestHead {
        var headers = shared
        if let body {
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "Content-Length", value: String(body.readableBytes))
        }
        return HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
    }
}

internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import Telemetry

/// The outermost layer: gives every answer a request id, turns errors into OpenAI's schema and
/// counts.
struct EnvelopeMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let serving: Serving
    let routes: RouteNames

    func handle(
        _ request: Request, context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let id = Self.requestID(request)
        var context = context
        context.logger[metadataKey: "request_id"] = .string(id)
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as APIError {
            response = refuse(request, context, error)
        } catch let error as HTTPError {
            response = refuse(request, context, apiError(error, request))
        }
        response.headers[Self.requestIDHeader] = id
        let path = routes.label(request.uri.path)
        serving.metrics.recordHTTPRequest(path: path, status: response.status.code)
        return response
    }

    // The name is valid, so the other one never stands in.
    private static let requestIDHeader = HTTPField.Name("X-Request-Id") ?? .server

    /// The client's id when it is short and printable, otherwise a fresh one.
    private static func requestID(_ request: Request) -> String {
        if let given = request.headers[requestIDHeader], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        {
            return given
        }
        return RandomName.make()
    }
}

extension EnvelopeMiddleware {
    private func apiError(_ error: HTTPError, _ request: Request) -> APIError {
        let path = request.uri.path
        let method = request.method.rawValue
        switch error.status.code {
        case 404 where routes.methods(path) != nil:
            return .methodNotAllowed(method: method, path: path)
        case 404: return .unknownRoute(method: method, path: path)
        case let status:
            return APIError(status: status, message: error.body ?? error.status.reasonPhrase)
        }
    }

    private func refuse(
        _ request: Request, _ context: GatewayContext, _ error: APIError
    ) -> Response {
        if error.status >= 500 {
            context.logger.warning("\(error.message)", metadata: ["code": "\(error.code ?? "")"])
        }
        var response = Response.error(error)
        if error.status == 405 { response.headers[.allow] = routes.methods(request.uri.path) }
        guard leavesBodyUnread(request, error) else { return response }
        response.headers[.connection] = "close"
        let bytes = ByteBuffer(bytes: error.body)
        let channel = context.channel
        let drain = ConnectionCloser(channel: channel)
        response.body = ResponseBody(contentLength: bytes.readableBytes) { writer in
            try await writer.write(bytes)
            try await writer.finish(nil)
            drain.closeSoon()
        }
        return response
    }

    /// The rest of a body that nobody wants is not worth reading, except a short one.
    private func leavesBodyUnread(_ request: Request, _ error: APIError) -> Bool {
        switch error.status {
        case 408, 413: return true
        case 401, 403, 404, 405:
            guard let length = request.headers[.contentLength].flatMap({ Int($0) }) else {
                return request.headers[.transferEncoding] != nil
            }
            return length > 64 << 10
        default: return false
        }
    }
}

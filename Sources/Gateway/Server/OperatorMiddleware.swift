internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Decides who may command the cell: with an admin key, whoever shows that; else with an API key,
/// whoever shows that; and without any key, whoever sits at this machine.
struct OperatorMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    private let key: BearerKey?

    init(_ configuration: GatewayConfiguration) {
        key = (configuration.adminKey ?? configuration.apiKey).map(BearerKey.init)
    }

    func handle(
        _ request: Request, context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        if let key {
            guard key.isShown(by: request) else { throw APIError.invalidAPIKey }
        } else {
            guard Self.isLocal(context.channel.remoteAddress), Self.isDirect(request) else {
                throw APIError.notFromHere
            }
        }
        return try await next(request, context)
    }

    private static func isLocal(_ address: SocketAddress?) -> Bool {
        guard let text = address?.ipAddress else { return false }
        return LoopbackName.isLoopback(text)
    }

    /// A loopback connection may still carry somebody else's words: those of a proxy on this
    /// machine, of a page from another site that posts to us from a browser here, or of a page
    /// whose own name has been made to point at us. All three show in the headers.
    static func isDirect(_ request: Request) -> Bool {
        guard let authority = request.head.authority, LoopbackName.isLoopback(authority) else {
            return false
        }
        guard forwarding.allSatisfy({ !request.headers.contains($0) }) else { return false }
        guard let origin = request.headers[.origin] else { return true }
        return origin == "http://" + authority || origin == "https://" + authority
    }

    private static let forwarding = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"]
        .compactMap { HTTPField.Name($0) }
}

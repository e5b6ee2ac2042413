internal import Hummingbird

/// Lets nobody through who shows none of the keys; without keys it lets everybody through.
struct KeyMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let keys: [BearerKey]

    /// Generation and everything else that clients use: the API key.
    static func clients(_ configuration: GatewayConfiguration) -> Self {
        Self(keys: [configuration.apiKey].compactMap { $0 }.map(BearerKey.init))
    }

    /// Looking at the cell: like clients, and whoever may command may look.
    static func observers(_ configuration: GatewayConfiguration) -> Self {
        guard let key = configuration.apiKey else { return Self(keys: []) }
        return Self(keys: [key, configuration.adminKey].compactMap { $0 }.map(BearerKey.init))
    }

    func handle(
        _ request: Request, context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        guard keys.isEmpty || keys.contains(where: { $0.isShown(by: request) }) else {
            throw APIError.invalidAPIKey
        }
        return try await next(request, context)
    }
}

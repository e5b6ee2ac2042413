internal import HTTPTypes
internal import Hummingbird

/// Lets nobody without the key through. It guards the routes that are added after it; probes and
/// metrics are added before.
struct KeyMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    private let expected: [UInt8]?

    init(key: String?) { expected = key.map { Array($0.utf8) } }

    func handle(
        _ request: Request, context: GatewayContext,
        next: @concurrent (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        if let expected {
            let parts = request.headers[.authorization]?.split(separator: " ", maxSplits: 1) ?? []
            guard parts.count == 2, parts[0].lowercased() == "bearer",
                Self.areEqual(Array(parts[1].utf8), expected)
            else { throw APIError.invalidAPIKey }
        }
        return try await next(request, context)
    }

    /// Takes the same time wherever the first difference is, so that a key cannot be guessed
    /// byte by byte.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference: UInt8 = left.count == right.count ? 0 : 1
        for position in right.indices {
            difference |= right[position] ^ (position < left.count ? left[position] : 0)
        }
        return difference == 0
    }
}

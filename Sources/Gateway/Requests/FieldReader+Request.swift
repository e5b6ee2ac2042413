internal import Domain
internal import Hummingbird
internal import NIOCore

extension FieldReader {
    /// Collects and parses the body of a request, within limits of size and time.
    ///
    /// - Parameter mayBeEmpty: takes no body at all for an object without members.
    init(_ request: Request, limits: GatewayLimits, mayBeEmpty: Bool = false) async throws {
        let limit = limits.maxBodySize
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw APIError.bodyTooLarge(limit: limit)
        }
        let buffer = try await Self.collect(request, limit: limit, timeout: limits.bodyTimeout)
        if mayBeEmpty, buffer.readableBytes == 0 {
            self.init(JSONObject())
        } else {
            try self.init(body: Array(buffer.readableBytesView))
        }
    }

    /// A body that trickles in must not hold a connection for ever.
    private static func collect(
        _ request: Request, limit: Int, timeout: Duration
    ) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask {
                do {
                    return try await request.body.collect(upTo: limit)
                } catch is NIOTooManyBytesError {
                    throw APIError.bodyTooLarge(limit: limit)
                } catch is CancellationError {
                    throw APIError.clientLeft
                } catch {
                    throw APIError.invalid("The request body could not be read: \(error).")
                }
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw APIError.bodyTooSlow
            }
            defer { group.cancelAll() }
            guard let body = try await group.next() else { throw APIError.internalError }
            return body
        }
    }
}

internal import Dispatch
internal import Domain

/// A small HTTP client over a blocking socket, for whole answers, for streams and for things no
/// proper client does. The blocking calls run on a queue of their own.
///
/// Unchecked: `pending` and `isOpen` are only touched on `queue`.
final class RawClient: @unchecked Sendable {
    private let queue = DispatchQueue(label: "raw-client")
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var isOpen = true

    struct EndOfStream: Error {}

    init(port: Int, timeout: Int = 20) throws {
        descriptor = try CLibrary.open(port: port, timeout: timeout)
    }

    deinit { if isOpen { CLibrary.hangUp(descriptor) } }

    /// Hangs up.
    func close() async {
        _ = try? await perform { client in
            if client.isOpen { CLibrary.hangUp(client.descriptor) }
            client.isOpen = false
        }
    }

    func send(_ bytes: [UInt8]) async throws {
        try await perform { try CLibrary.sendAll($0.descriptor, bytes) }
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Everything until the other side closes.
    func readToEnd() async throws -> [UInt8] {
        try await perform { client in
            while try client.fill() {}
            defer { client.pending = [] }
            return client.pending
        }
    }

    /// Everything up to and including `end`.
    func read(until end: String) async throws -> [UInt8] {
        try await perform { try $0.take(until: Array(end.utf8)) }
    }

    /// One whole answer.
    func readReply() async throws -> HTTPReply {
        try await perform { client in
            let end = Array("\r\n\r\n".utf8)
            let head = String(decoding: try client.take(until: end), as: UTF8.self)
            var reply = HTTPReply(head: head)
            if reply.headers["transfer-encoding"] == "chunked" {
                while let chunk = try client.takeChunk() { reply.body += chunk }
            } else {
                reply.body = try client.take(Int(reply.headers["content-length"] ?? "0") ?? 0)
            }
            return reply
        }
    }

    /// The next chunk of an answer whose head has been read; `nil` at its end.
    func readChunk() async throws -> String? {
        try await perform { client in
            try client.takeChunk().map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (RawClient) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(self) }) }
        }
    }
}

extension RawClient {
    /// Whether more came.
    private func fill() throws -> Bool {
        let bytes = try CLibrary.receiveSome(descriptor)
        pending += bytes
        return !bytes.isEmpty
    }

    private func take(until end: [UInt8]) throws -> [UInt8] {
        var searched = 0
        while true {
            if let range = pending[searched...].firstRange(of: end) {
                defer { pending.removeFirst(range.upperBound) }
                return Array(pending[..<range.upperBound])
            }
            searched = max(0, pending.count - end.count)
            guard try fill() else { throw EndOfStream() }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while pending.count < count {
            guard try fill() else { throw EndOfStream() }
        }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    private func takeChunk() throws -> [UInt8]? {
        let line = String(decoding: try take(until: Array("\r\n".utf8)), as: UTF8.self)
        guard let size = Int(line.dropLast(), radix: 16) else { throw EndOfStream() }
        let bytes = try take(size)
        _ = try take(2)
        return size == 0 ? nil : bytes
    }
}

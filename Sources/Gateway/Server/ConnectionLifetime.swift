internal import NIOCore
internal import Synchronization

/// Tells whoever works for a connection that its client is gone.
final class ConnectionLifetime: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isOver = false
        var nextID = 0
        var watchers: [Int: AsyncStream<Never>.Continuation] = [:]
    }

    /// The client closed its side, or the connection broke.
    func end() {
        let watchers = state.withLock { state in
            state.isOver = true
            defer { state.watchers = [:] }
            return state.watchers
        }
        for watcher in watchers.values { watcher.finish() }
    }

    /// Runs `operation` and cancels it when the client leaves before it is done, or takes no
    /// bytes for too long.
    func cancellingAtEnd<Value: Sendable>(
        watchedBy watchdog: WriteWatchdog? = nil,
        _ operation: @escaping @Sendable @concurrent () async throws -> Value
    ) async throws -> Value {
        let (ended, continuation) = AsyncStream<Never>.makeStream()
        let id = watch(continuation)
        defer { unwatch(id) }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                for await _ in ended {}
                return nil
            }
            if let watchdog {
                group.addTask {
                    try await watchdog.watch()
                    return nil
                }
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw APIError.clientLeft
            }
            return value
        }
    }

    private func watch(_ continuation: AsyncStream<Never>.Continuation) -> Int {
        let (id, isOver) = state.withLock { state in
            state.nextID += 1
            if !state.isOver { state.watchers[state.nextID] = continuation }
            return (state.nextID, state.isOver)
        }
        if isOver { continuation.finish() }
        return id
    }

    private func unwatch(_ id: Int) {
        state.withLock { _ = $0.watchers.removeValue(forKey: id) }
    }
}

extension ConnectionLifetime {
    /// The lifetime of the connection behind `channel`.
    static func of(_ channel: any Channel) async throws -> ConnectionLifetime {
        do {
            return try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.handler(type: ConnectionMonitor.self).lifetime
            }.get()
        } catch {
            // A pipeline without the monitor is one that has been torn down.
            throw APIError.clientLeft
        }
    }
}

internal import Domain
internal import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
internal import ServiceLifecycle
package import Telemetry
package import Tokenization

/// The HTTP server in front of one backend. As a service it runs until its task is cancelled or a
/// graceful shutdown begins; then new generations are refused while those that run may finish
/// within the drain time-out.
package struct GatewayServer: Service {
    private let serving: Serving
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) -> Void

    /// - Parameters:
    ///   - operations: `nil` serves neither the dashboard nor the operators' routes.
    ///   - template: `nil` for a model without one; chat requests are refused then.
    ///   - onListening: called once with the port, which the system chooses when 0 is configured.
    package init(
        configuration: GatewayConfiguration,
        backend: any CompletionBackend,
        operations: (any ClusterOperations)? = nil,
        tokenizer: Tokenizer,
        template: ChatTemplate?,
        metrics: ServerMetrics,
        logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        serving = Serving(
            configuration: configuration, backend: backend, tokenizer: tokenizer,
            template: template, metrics: metrics, gate: DrainGate(),
            cluster: operations.map { ClusterAccess($0, limits: configuration.limits) })
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let group = ServiceGroup(
            configuration: .init(services: [makeApplication()], logger: logger))
        let gate = serving.gate
        // Detached, because neither the graceful shutdown of the surrounding services nor a
        // cancellation may reach the listener before the drain is over: until then it answers
        // probes and refuses politely. Both tasks end before this function does.
        let listener = Task.detached { try await group.run() }
        let closer = Task.detached {
            await close(group)
            listener.cancel()
        }
        let result = await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await listener.result
            } onGracefulShutdown: {
                gate.beginDraining()
            }
        } onCancel: {
            gate.giveUp()
        }
        closer.cancel()
        await closer.value
        if !gate.isDraining { try result.get() }
    }
}

extension GatewayServer {
    /// Waits for the end of the drain, then closes the listener and gives the connections that
    /// are left a moment: those without a generation, or whose time is over.
    private func close(_ group: ServiceGroup) async {
        let gate = serving.gate
        await gate.wait(for: .draining)
        guard !Task.isCancelled else { return }
        logger.info("draining", metadata: ["running": "\(gate.inside)"])
        let timeout = serving.limits.drainTimeout
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await gate.wait(for: .drained) }
            tasks.addTask { try? await Task.sleep(for: timeout) }
            await tasks.next()
            tasks.cancelAll()
        }
        // A connection accepted in the instant of a cancellation would be lost inside NIO, so
        // the listener always closes first.
        await group.triggerGracefulShutdown()
        try? await Task.sleep(for: .milliseconds(gate.inside > 0 ? 200 : 2000))
    }

    private func makeApplication() -> Application<RouterResponder<GatewayContext>> {
        let configuration = serving.configuration
        let onListening = onListening
        return Application(
            router: RouteTable(serving: serving).router(),
            server: .http1(configuration: channelConfiguration),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "kunserve",
                availableConnectionsDelegate: .maximum(
                    serving.limits.maxConnections, logger: logger)
            ),
            onServerRunning: { channel in
                onListening(channel.localAddress?.port ?? configuration.port)
            },
            logger: logger
        )
    }

    private var channelConfiguration: HTTP1Channel.Configuration {
        let limits = serving.limits
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionMonitor()],
            idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.maxHeaderSize, maxHeaderListSize: limits.maxHeaderSize,
                maxHeaderFieldCount: limits.maxHeaderCount)
        )
    }
}

internal import ArgumentParser
internal import Gateway
internal import Logging
internal import Runtime
internal import ServiceLifecycle
internal import UnixSignals

/// `kunserve serve`: the OpenAI API in front of one cell.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a model over the OpenAI API.",
        discussion: "Stops on SIGTERM or SIGINT: running requests finish, new ones get a 503."
    )

    @OptionGroup(title: "Engine")
    var engine: EngineOptions

    @OptionGroup(title: "Server")
    var server: ServerOptions

    func run() async throws {
        let started = ContinuousClock.now
        var logger = Logger(label: "kunserve") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = server.logLevel
        let assembly = try ServerAssembly(engine: engine, server: server)
        let gateway = assembly.gateway(logger: logger) { port in
            Terminal.writeError(assembly.banner(port: port, elapsed: .now - started))
        }
        defer { assembly.runtime.stop() }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: gateway)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            ))
        try await group.run()
    }
}

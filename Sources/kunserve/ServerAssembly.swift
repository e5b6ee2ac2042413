internal import Cluster
internal import Domain
internal import Gateway
internal import Inference
internal import Logging
internal import Runtime
internal import Scheduling
internal import Simulation
internal import Telemetry
internal import Tokenization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Everything a server is made of, built in the order in which it can fail: files, engine, wire.
struct ServerAssembly {
    let runtime: CellRuntime
    let engine: EngineSummary
    private let backend: RuntimeBackend
    private let files: TextFiles
    private let metrics: ServerMetrics
    private let costs: ClusterCosts
    let gatewayConfiguration: GatewayConfiguration

    init(engine options: EngineOptions, server: ServerOptions) throws {
        let directory = try DemoModel.directory(at: options.model)
        let names = server.servedModelName.isEmpty ? [options.name] : server.servedModelName
        files = try TextFiles(directory, templateFile: server.chatTemplate)
        var bar = ProgressBar(label: "loading \(names[0])")
        let configuration = try options.configuration(directory)
        let loaded = try Engine(configuration) { done, total in
            bar.show(done.bytes, of: total.bytes)
        }
        costs = ClusterCosts(loaded, profile: configuration.profile)
        engine = EngineSummary(loaded, name: names[0])
        metrics = ServerMetrics(
            modelName: names[0],
            maxModelLength: loaded.cell.scheduler.maxModelLength,
            blockSize: loaded.cell.scheduler.blockSize,
            blockCount: loaded.cell.blockCounts.prefix(loaded.executors.count).reduce(0, +),
            version: Version.current
        )
        gatewayConfiguration = GatewayConfiguration(server)
        let model = ServedModel(loaded, names: names, files: files, server: server)
        let (cell, sampler) = (loaded.cell, loaded.sampler)
        runtime = try CellRuntime(
            configuration: cell, executors: loaded.executors, sampler: sampler,
            provisioner: loaded.provisioner, files: loaded.files, metrics: metrics,
            exchangeMode: options.overload.exchangeMode)
        backend = RuntimeBackend(runtime: runtime, model: model)
    }

    func gateway(
        logger: Logger, onListening: @escaping @Sendable (_ port: Int) -> Void
    ) -> GatewayServer {
        GatewayServer(
            configuration: gatewayConfiguration,
            backend: backend,
            operations: RuntimeOperations(runtime: runtime, costs: costs),
            tokenizer: files.tokenizer,
            template: files.template,
            metrics: metrics,
            logger: logger,
            onListening: onListening
        )
    }
}

extension GatewayConfiguration {
    init(_ options: ServerOptions) {
        var limits = GatewayLimits()
        limits.maxBodySize = options.maxRequestBodyBytes
        limits.maxConnections = options.maxConnections
        limits.drainTimeout = .seconds(options.shutdownTimeout)
        self.init(
            host: options.host, port: options.port, apiKey: options.effectiveKey,
            adminKey: options.effectiveAdminKey,
            version: Version.current, limits: limits)
    }
}

extension ServedModel {
    init(_ engine: Engine, names: [String], files: TextFiles, server: ServerOptions) {
        self.init(
            names: names,
            created: time(nil),
            maxModelLength: engine.cell.scheduler.maxModelLength,
            vocabularySize: engine.model.vocabularySize,
            blockSize: engine.cell.scheduler.blockSize,
            fingerprint: "kunserve-\(Version.current)-\(engine.executors[0].tier.name)"
        )
        let defaults = engine.defaults
        endOfSequence =
            defaults.endTokens.isEmpty ? engine.model.endTokens : defaults.endTokens
        templateTokens = files.templateTokens
        guard server.generationConfig == .auto else { return }
        defaultSampling.temperature = defaults.temperature ?? defaultSampling.temperature
        defaultSampling.topP = defaults.topP ?? defaultSampling.topP
        defaultSampling.topK = defaults.topK ?? defaultSampling.topK
        defaultSampling.minP = defaults.minP ?? defaultSampling.minP
        defaultSampling.repetitionPenalty =
            defaults.repetitionPenalty ?? defaultSampling.repetitionPenalty
    }
}

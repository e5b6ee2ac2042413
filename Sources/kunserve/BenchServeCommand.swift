internal import ArgumentParser
internal import Benchmarking
internal import Domain
internal import Synchronization

/// `kunserve bench serve`: load for any OpenAI endpoint, and what came of it.
struct BenchServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Measure a server under load.",
        discussion: """
            Sends requests at their times, whatever the server does, and measures latencies from \
            those times. Works with any OpenAI endpoint over plain HTTP; flags and result keys are \
            those of vllm bench serve. A trace is a CSV file with the columns arrival_s, \
            input_tokens and output_tokens.
            """
    )

    @OptionGroup(title: "Server")
    var target: BenchTargetOptions

    @OptionGroup(title: "Requests")
    var data: BenchDataOptions

    @OptionGroup(title: "Trace")
    var trace: BenchTraceOptions

    @OptionGroup(title: "Load")
    var load: BenchLoadOptions

    @OptionGroup(title: "Results")
    var output: BenchOutputOptions

    func validate() throws {
        guard data.datasetName != .trace || load.requestRate == nil else {
            throw ValidationError(
                "a trace has its own times; use --rate-scale or --time-scale, not --request-rate")
        }
    }

    func run() async throws {
        let workload = try data.source(load, trace).make()
        let generator = LoadGenerator()
        let run: RunRecord
        let settings: LoadSettings
        do {
            settings = try await self.settings(generator)
            run = try await send(workload, settings, generator)
        } catch {
            await generator.shutDown()
            throw error
        }
        await generator.shutDown()
        let result = BenchmarkResult(try description(of: workload, settings), run: run)
        try output.publish(result)
        if result.completed.isEmpty { throw ExitCode.failure }
    }

    private func send(
        _ workload: Workload, _ settings: LoadSettings, _ generator: LoadGenerator
    ) async throws -> RunRecord {
        guard !output.disableProgress else {
            return try await generator.run(workload, settings: settings)
        }
        let bar = Mutex(ProgressBar(label: "requests"))
        return try await generator.run(workload, settings: settings) { progress in
            bar.withLock { $0.show(progress.ended, of: progress.total) }
        }
    }

    private func settings(_ generator: LoadGenerator) async throws -> LoadSettings {
        let server = try target.server
        let model: String
        let patience = Duration.seconds(target.readyCheckTimeoutSec)
        if let name = target.model {
            model = name
            try await generator.reach(server, patience: patience)
        } else {
            model = try await generator.servedModel(
                at: server, apiKey: target.key, patience: patience)
        }
        var form = RequestForm(
            path: target.endpoint, model: model, prompts: data.prompts(seed: load.seed))
        form.ignoresEndOfSequence = data.isForced
        form.temperature = target.temperature
        form.extra = try target.extraMembers
        var settings = LoadSettings(server: server, form: form)
        settings.apiKey = target.key
        settings.maxConcurrency = load.maxConcurrency
        settings.timeout = .seconds(load.timeout)
        settings.maxDuration = load.maxDuration.map { .seconds($0) }
        settings.linger = .seconds(load.linger)
        settings.warmups = load.numWarmups
        settings.keepsTexts = output.saveDetailed
        return settings
    }

    private func description(
        of workload: Workload, _ settings: LoadSettings
    ) throws -> RunDescription {
        var description = RunDescription(
            date: Host.timestamp, model: settings.form.model, endpoint: target.endpoint,
            workload: workload.name)
        description.backend = settings.form.kind == .chat ? "openai-chat" : "openai"
        description.label = output.label
        description.requestRate =
            data.datasetName == .trace ? workload.meanRate : load.arrivals.requestsPerSecond
        description.burstiness = load.burstiness
        description.maxConcurrency = load.maxConcurrency
        description.seed = load.seed
        description.command = CommandWords.withoutSecrets(CommandLine.arguments)
        description.goodput = try output.limits
        description.metrics = try output.metrics
        description.percentiles = try output.percentiles
        description.violations = output.violations
        description.hasSchedule = description.requestRate != nil
        return description
    }
}

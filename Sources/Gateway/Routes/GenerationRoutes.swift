internal import Domain
internal import Hummingbird
internal import Telemetry

/// The two endpoints that generate.
struct GenerationRoutes: Sendable {
    let serving: Serving

    func chat(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let fields = try await FieldReader(request, limits: serving.limits)
        let pass = try serving.admit()
        let body = try ChatBody(fields, model: serving.backend.model, limits: serving.limits)
        let format = try format(
            .chat, prefix: "chatcmpl-", model: body.model, logprobs: body.logprobs, body.options)
        let plan = try GenerationPlanner(serving).plan(body)
        let answer = Answer(serving: serving, plan: plan, format: format, pass: pass)
        return try await respond(answer, context)
    }

    func completion(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let fields = try await FieldReader(request, limits: serving.limits)
        let pass = try serving.admit()
        let body = try CompletionBody(fields, model: serving.backend.model, limits: serving.limits)
        let format = try format(
            .completion, prefix: "cmpl-", model: body.model, logprobs: body.logprobs,
            body.options)
        let plan = try GenerationPlanner(serving).plan(body)
        let answer = Answer(serving: serving, plan: plan, format: format, pass: pass)
        return try await respond(answer, context)
    }

    /// - Parameter model: the name that the client asked for.
    private func format(
        _ kind: AnswerFormat.Kind, prefix: String, model: String?, logprobs: Int?,
        _ options: GenerationOptions
    ) throws(APIError) -> AnswerFormat {
        let served = serving.backend.model
        let identity = AnswerIdentity(
            id: prefix + RandomName.make(), created: WallClock.unixSeconds,
            model: try served.name(for: model), fingerprint: served.fingerprint,
            serviceTier: options.serviceTier?.used)
        let parts = AnswerFormat.Parts(
            logprobs: logprobs, returnTokenIDs: options.returnTokenIDs, stream: options.stream)
        return AnswerFormat(
            kind: kind, identity: identity, parts: parts, tokenizer: serving.tokenizer)
    }

    private func respond(_ answer: Answer, _ context: GatewayContext) async throws -> Response {
        if let first = answer.plan.requests.first {
            serving.metrics.recordParameters(
                choices: answer.plan.choicesPerPrompt, maxTokens: first.stop.maxTokens)
        }
        let lifetime = try await ConnectionLifetime.of(context.channel)
        return answer.format.stream == nil
            ? try await answer.whole(lifetime) : try await answer.streamed(lifetime)
    }
}

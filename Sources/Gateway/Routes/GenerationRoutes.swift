internal import Domain
internal import Hummingbird
internal import Telemetry

/// The two endpoints that generate.
struct GenerationRoutes: Sendable {
    let serving: Serving

    func chat(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let fields = try await FieldReader(request, limits: serving.limits)
        let pass = try serving.admit()
        let model = serving.backend.model
        let body = try ChatBody(fields, model: model, limits: serving.limits)
        let name = try model.name(for: body.model)
        let plan = try GenerationPlanner(serving).plan(body)
        let parts = AnswerFormat.Parts(
            logprobs: body.logprobs, returnTokenIDs: body.options.returnTokenIDs,
            stream: body.options.stream)
        let answer = Answer(
            serving: serving, plan: plan,
            format: format(.chat, prefix: "chatcmpl-", name: name, parts: parts), pass: pass)
        return try await respond(answer, context)
    }

    func completion(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let fields = try await FieldReader(request, limits: serving.limits)
        let pass = try serving.admit()
        let model = serving.backend.model
        let body = try CompletionBody(fields, model: model, limits: serving.limits)
        let name = try model.name(for: body.model)
        let plan = try GenerationPlanner(serving).plan(body)
        let parts = AnswerFormat.Parts(
            logprobs: body.logprobs, returnTokenIDs: body.options.returnTokenIDs,
            stream: body.options.stream)
        let answer = Answer(
            serving: serving, plan: plan,
            format: format(.completion, prefix: "cmpl-", name: name, parts: parts), pass: pass)
        return try await respond(answer, context)
    }

    private func format(
        _ kind: AnswerFormat.Kind, prefix: String, name: String, parts: AnswerFormat.Parts
    ) -> AnswerFormat {
        let identity = AnswerIdentity(
            id: prefix + RandomName.make(), created: WallClock.unixSeconds, model: name,
            fingerprint: serving.backend.model.fingerprint)
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

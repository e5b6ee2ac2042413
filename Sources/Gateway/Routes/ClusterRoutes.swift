internal import Domain
internal import HTTPTypes
internal import Hummingbird

/// What operators see of the cell and ask of it.
struct ClusterRoutes: Sendable {
    let serving: Serving
    let access: ClusterAccess

    private var operations: any ClusterOperations { access.operations }

    /// The page to watch the cell.
    func page() -> Response { DashboardPage.response() }

    func snapshot() -> Response { .json(operations.snapshot().json) }

    func log(_ request: Request) throws(APIError) -> Response {
        let events = operations.events(after: try Self.after(request))
        return .json(["events": .array(events.map(\.json))])
    }

    func stream(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let after = try Self.after(request)
        if serving.gate.isDraining { throw APIError.draining }
        guard let slot = access.streams.take() else {
            throw APIError.unavailable(
                "\(serving.limits.maxClusterStreams) cluster streams are open, which is the limit.",
                code: "too_many_streams", retryAfter: 5)
        }
        let lifetime = try await ConnectionLifetime.of(context.channel)
        return Response(
            status: .ok, headers: .eventStream, body: body(after: after, slot, lifetime))
    }

    private func body(
        after: UInt64, _ slot: SlotCounter.Slot, _ lifetime: ConnectionLifetime
    ) -> ResponseBody {
        ResponseBody { writer in
            nonisolated(unsafe) let sink = writer
            let watchdog = WriteWatchdog(timeout: serving.limits.writeTimeout)
            // The child task is the only user of the writer until it has ended.
            try await lifetime.cancellingAtEnd(watchedBy: watchdog) {
                var stream = ClusterStream(
                    access, serving: serving, after: after, sink: sink, watchdog: watchdog)
                try await stream.run()
            }
            try await writer.finish(nil)
            withExtendedLifetime(slot) {}
        }
    }

    /// `after=N` of the query; 0 without one.
    private static func after(_ request: Request) throws(APIError) -> UInt64 {
        let pairs = (request.uri.query ?? "").split(separator: "&")
        guard let pair = pairs.first(where: { $0.hasPrefix("after=") }) else { return 0 }
        guard let number = UInt64(pair.dropFirst("after=".count)) else {
            throw .invalid("'after' must be the number of an event.", param: "after")
        }
        return number
    }
}

// MARK: - Commands

extension ClusterRoutes {
    func drop(_ request: Request) async throws -> Response {
        let fields = try await body(request)
        // More than any machine has, and far below overflow.
        let bytes = try fields.integer("bytes", in: 1...1 << 56)
        return try await carryOut(.drop(freeing: bytes.map { ByteCount($0) }))
    }

    func restore(_ request: Request) async throws -> Response {
        _ = try await body(request)
        return try await carryOut(.restore)
    }

    /// - Parameter id: the instance as it stands in the path.
    func drain(_ request: Request, instance id: String) async throws -> Response {
        _ = try await body(request)
        return try await carryOut(.drain(try instance(id)))
    }

    func addInstances(_ request: Request) async throws -> Response {
        let fields = try await body(request)
        let count = try fields.integer("count", in: 1...serving.limits.maxAddedInstances) ?? 1
        return try await carryOut(.addInstances(count))
    }

    /// - Parameter id: the instance as it stands in the path.
    func removeInstance(_ request: Request, instance id: String) async throws -> Response {
        _ = try await body(request)
        return try await carryOut(.removeInstance(try instance(id)))
    }

    private func instance(_ id: String) throws(APIError) -> InstanceID {
        let known = operations.snapshot().instances.map(\.id)
        guard let instance = known.first(where: { $0.description == id }) else {
            throw .unknownInstance(PercentEncoding.decode(id))
        }
        return instance
    }

    private func body(_ request: Request) async throws -> FieldReader {
        try await FieldReader(request, limits: serving.limits, mayBeEmpty: true)
    }

    private func carryOut(_ command: OperatorCommand) async throws -> Response {
        switch await operations.command(command) {
        case .accepted(let message, let starting):
            var answer = JSONObject()
            answer["status"] = "accepted"
            answer["message"] = .string(message)
            if !starting.isEmpty {
                answer["instances"] = .array(starting.map { .int($0.index) })
            }
            return .json(.object(answer), status: .accepted)
        case .refused(let reason): throw APIError.commandRefused(reason)
        }
    }
}

// MARK: - What if

extension ClusterRoutes {
    func whatIf(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let fields = try await FieldReader(request, limits: serving.limits)
        let maxLength = serving.backend.model.maxModelLength
        let body = try WhatIfBody(fields, maxLength: maxLength, limits: serving.limits)
        guard let slot = access.questions.take() else {
            throw APIError.unavailable(
                "\(serving.limits.maxWhatIfs) simulations are running, which is the limit.",
                code: "too_many_simulations", retryAfter: 5)
        }
        defer { withExtendedLifetime(slot) {} }
        let lifetime = try await ConnectionLifetime.of(context.channel)
        let answer = try await lifetime.cancellingAtEnd { try await simulate(body.question) }
        return .json(answer.json)
    }

    private func simulate(_ question: WhatIfQuestion) async throws -> WhatIfAnswer {
        try await withThrowingTaskGroup(of: WhatIfAnswer.self) { group in
            group.addTask {
                do {
                    return try await operations.whatIf(question)
                } catch let refusal as WhatIfRefusal {
                    throw APIError.whatIfRefused(refusal.reason)
                } catch is CancellationError {
                    throw APIError.clientLeft
                } catch {
                    throw APIError.engineFailed("The simulation failed: \(error)")
                }
            }
            group.addTask {
                try await Task.sleep(for: serving.limits.whatIfTimeout)
                throw APIError.simulationTooLong
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw APIError.internalError }
            return answer
        }
    }
}

internal import Hummingbird

/// Every route of the server; this list is its table of contents.
struct RouteTable {
    let serving: Serving

    func router() -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: EnvelopeMiddleware(serving: serving, routes: names))
        addHealth(to: router)
        if let cluster = serving.cluster { addCluster(cluster, to: router) }
        router.add(middleware: KeyMiddleware.clients(serving.configuration))
        addModels(to: router)
        addTokenizer(to: router)
        addGeneration(to: router)
        return router
    }

    private var names: RouteNames { RouteNames(hasCluster: serving.cluster != nil) }

    private func addHealth(to router: Router<GatewayContext>) {
        let health = HealthRoutes(serving: serving)
        for path: RouterPath in ["/health", "/ready", "/ping"] {
            router.get(path) { _, _ in health.health() }
        }
        router.post("/ping") { _, _ in health.health() }
        router.get("/version") { _, _ in health.version() }
        router.get("/load") { _, _ in health.load() }
        router.get("/metrics") { _, _ in health.metrics() }
    }

    /// The page is open, for a browser sends no key with it; what it shows and does is not.
    private func addCluster(_ access: ClusterAccess, to router: Router<GatewayContext>) {
        let cluster = ClusterRoutes(serving: serving, access: access)
        router.get("/") { _, _ in cluster.page() }
        let observers = router.group("/v1/cluster")
            .add(middleware: KeyMiddleware.observers(serving.configuration))
        observers.get { _, _ in cluster.snapshot() }
        observers.get("/log") { request, _ in try cluster.log(request) }
        observers.get("/stream") { request, context in
            try await cluster.stream(request, context)
        }
        let operators = router.group("/v1/cluster")
            .add(middleware: OperatorMiddleware(serving.configuration))
        operators.post("/drop") { request, _ in try await cluster.drop(request) }
        operators.post("/restore") { request, _ in try await cluster.restore(request) }
        operators.post("/instances/:id/drain") { request, context in
            try await cluster.drain(request, instance: try context.parameters.require("id"))
        }
        operators.post("/instances") { request, _ in try await cluster.addInstances(request) }
        operators.delete("/instances/:id") { request, context in
            try await cluster.removeInstance(
                request, instance: try context.parameters.require("id"))
        }
        operators.post("/what-if") { request, context in
            try await cluster.whatIf(request, context)
        }
    }

    private func addModels(to router: Router<GatewayContext>) {
        let models = ModelRoutes(serving: serving)
        router.get("/v1/models") { _, _ in models.list() }
        // Model names may hold slashes.
        router.get("/v1/models/**") { _, context in
            try models.one(context.parameters.getCatchAll().joined(separator: "/"))
        }
    }

    private func addTokenizer(to router: Router<GatewayContext>) {
        let tokenizer = TokenizerRoutes(serving: serving)
        router.post("/tokenize") { request, _ in try await tokenizer.tokenize(request) }
        router.post("/detokenize") { request, _ in try await tokenizer.detokenize(request) }
        router.get("/tokenizer_info") { _, _ in tokenizer.information() }
    }

    private func addGeneration(to router: Router<GatewayContext>) {
        let generation = GenerationRoutes(serving: serving)
        router.post("/v1/completions") { request, context in
            try await generation.completion(request, context)
        }
        router.post("/v1/chat/completions") { request, context in
            try await generation.chat(request, context)
        }
    }
}

internal import Hummingbird

/// Every route of the server; this list is its table of contents.
struct RouteTable {
    let serving: Serving

    func router() -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: EnvelopeMiddleware(serving: serving, routes: Self.methods))
        addHealth(to: router)
        router.add(middleware: KeyMiddleware(key: serving.configuration.apiKey))
        addModels(to: router)
        addTokenizer(to: router)
        addGeneration(to: router)
        return router
    }

    /// The methods of each path, for answers to unknown ones and for metric labels.
    static let methods: [String: String] = [
        "/health": "GET", "/ready": "GET", "/ping": "GET, POST", "/version": "GET",
        "/load": "GET", "/metrics": "GET", "/v1/models": "GET", "/v1/models/{id}": "GET",
        "/tokenize": "POST", "/detokenize": "POST", "/tokenizer_info": "GET",
        "/v1/completions": "POST", "/v1/chat/completions": "POST",
    ]

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

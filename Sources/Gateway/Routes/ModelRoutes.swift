internal import Domain
internal import Hummingbird

/// The list of models, which are names of one model.
struct ModelRoutes: Sendable {
    let serving: Serving

    func list() -> Response {
        let model = serving.backend.model
        return .json([
            "object": "list", "data": .array(model.names.map { describe($0, model) }),
        ])
    }

    func one(_ name: String) throws(APIError) -> Response {
        let name = PercentEncoding.decode(name)
        let model = serving.backend.model
        guard model.names.contains(name) else { throw .unknownModel(name) }
        return .json(describe(name, model))
    }

    private func describe(_ name: String, _ model: ServedModel) -> JSON {
        [
            "id": .string(name), "object": "model", "created": .int(model.created),
            "owned_by": "kunserve", "root": .string(model.names[0]), "parent": nil,
            "max_model_len": .int(model.maxModelLength),
        ]
    }
}

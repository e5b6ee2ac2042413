/// The arguments of a call.
struct TemplateCall {
    var positional: [TemplateValue] = []
    var keywords: [(name: String, value: TemplateValue)] = []

    subscript(name: String) -> TemplateValue? {
        keywords.first { $0.name == name }?.value
    }
}

extension TemplateRenderer {
    /// The arguments in the order of `names`, `nil` where one is missing. The first `required` of
    /// them must be there.
    func bind(
        _ call: TemplateCall, _ callee: String, _ names: [String] = [], required: Int = 0
    ) throws(TemplateError) -> TemplateBoundArguments {
        guard call.positional.count <= names.count else {
            let message =
                "'\(callee)' takes at most \(names.count) arguments, got \(call.positional.count)"
            throw failure(.type, message)
        }
        var values: [TemplateValue?] = call.positional
        values += Array(repeating: nil, count: names.count - values.count)
        for keyword in call.keywords {
            guard let place = names.firstIndex(of: keyword.name) else {
                throw failure(.type, "'\(callee)' takes no argument '\(keyword.name)'")
            }
            guard values[place] == nil else {
                throw failure(
                    .type, "'\(callee)' got two values for the argument '\(keyword.name)'")
            }
            values[place] = keyword.value
        }
        for place in 0..<required where values[place] == nil {
            throw failure(.type, "'\(callee)' misses its argument '\(names[place])'")
        }
        return TemplateBoundArguments(callee: callee, names: names, values: values)
    }

    /// An integer argument; `nil` where it is missing or none.
    func integer(
        _ arguments: TemplateBoundArguments, _ place: Int
    ) throws(TemplateError) -> Int? {
        guard let value = try defined(arguments, place), !value.isNone else { return nil }
        guard let integer = value.integer else {
            throw wrongType(arguments, place, expected: "an integer")
        }
        return integer
    }

    /// A string argument; `nil` where it is missing or none.
    func string(
        _ arguments: TemplateBoundArguments, _ place: Int
    ) throws(TemplateError) -> String? {
        guard let value = try defined(arguments, place), !value.isNone else { return nil }
        guard let text = value.text else { throw wrongType(arguments, place, expected: "a string") }
        return text
    }

    /// A string argument that must be there.
    func requiredString(
        _ arguments: TemplateBoundArguments, _ place: Int
    ) throws(TemplateError) -> String {
        guard let text = try string(arguments, place) else {
            throw wrongType(arguments, place, expected: "a string")
        }
        return text
    }

    private func defined(
        _ arguments: TemplateBoundArguments, _ place: Int
    ) throws(TemplateError) -> TemplateValue? {
        if case .undefined(let undefined)? = arguments[place] { throw undefinedFailure(undefined) }
        return arguments[place]
    }

    func wrongType(
        _ arguments: TemplateBoundArguments, _ place: Int, expected: String
    ) -> TemplateError {
        let type = arguments[place]?.typeName ?? "nothing"
        let name = arguments.names[place]
        return failure(
            .type, "'\(arguments.callee)' expects \(expected) as '\(name)', got '\(type)'")
    }
}

/// Arguments put in the order of their names.
struct TemplateBoundArguments {
    let callee: String
    let names: [String]
    let values: [TemplateValue?]

    subscript(place: Int) -> TemplateValue? { values[place] }

    func isTrue(_ place: Int, default: Bool = false) -> Bool {
        values[place]?.isTrue ?? `default`
    }
}

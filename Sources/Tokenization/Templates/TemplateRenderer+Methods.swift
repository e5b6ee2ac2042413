// Methods of strings, lists and mappings.
extension TemplateRenderer {
    func call(
        _ method: TemplateMethod, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        if let keyword = call.keywords.first, method.receiver.text == nil {
            throw failure(.type, "'\(method.name)' takes no argument '\(keyword.name)'")
        }
        switch method.receiver {
        case .string(let text), .markup(let text):
            try step(bytes: text.utf8.count)
            return try callText(method, text, call)
        case .map(let map): return try self.call(method.name, of: map, call)
        case .list(let sequence):
            if method.name == "copy" {
                _ = try bind(call, "copy")
                return method.receiver
            }
            return try find(method.name, in: sequence.items, call)
        case .tuple(let sequence): return try find(method.name, in: sequence.items, call)
        case .range: return try find(method.name, in: items(of: method.receiver), call)
        case .loop(let loop):
            return try self.call(method.name, of: loop, call.positional)
        case .cycler(let cycler):
            _ = try bind(call, method.name)
            if method.name == "next" { return cycler.advance() }
            cycler.position = 0
            return .none
        default: throw failure(.type, "'\(method.name)' is not callable")
        }
    }

    private func call(
        _ name: String, of map: TemplateMap, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        switch name {
        case "get":
            let arguments = try bind(call, name, ["key", "default"], required: 1)
            let key = arguments[0] ?? .none
            try step(key: key)
            guard let place = TemplateKey(key) else {
                if key.mayBeKey { return arguments[1] ?? .none }
                throw failure(.type, "unhashable type: '\(key.typeName)'")
            }
            return map.value(at: place) ?? arguments[1] ?? .none
        case "copy":
            _ = try bind(call, name)
            return .map(map)
        case "keys", "values", "items":
            _ = try bind(call, name)
            let kind: TemplateView.Kind =
                name == "keys" ? .keys : name == "values" ? .values : .items
            let items =
                switch kind {
                case .keys: map.keys
                case .values: map.values
                case .items: try pairs(of: map)
                }
            return .view(TemplateView(kind: kind, items: items, depth: try depth(of: items)))
        default: throw failure(.unsupported, "the method '\(name)' is not supported")
        }
    }

    private func find(
        _ name: String, in items: [TemplateValue], _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, name, ["value", "start", "stop"], required: 1)
        let wanted = arguments[0] ?? .none
        let bounds = TemplateSlice(
            start: try integer(arguments, 1), stop: try integer(arguments, 2))
        var count = 0
        for place in bounds.indices(count: items.count) {
            guard try areEqual(items[place], wanted) else { continue }
            if name == "index" { return .int(place) }
            count += 1
        }
        guard name == "count" else {
            throw failure(.type, "\(try represent(wanted)) is not in the list")
        }
        return .int(count)
    }
}

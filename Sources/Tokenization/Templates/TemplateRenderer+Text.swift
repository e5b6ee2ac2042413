// How Python prints values.
extension TemplateRenderer {
    /// `str(value)`.
    func display(_ value: TemplateValue) throws(TemplateError) -> String {
        switch value {
        case .string(let text), .markup(let text): return text
        case .undefined: return ""
        default: return try represent(value)
        }
    }

    /// `repr(value)`.
    func represent(_ value: TemplateValue) throws(TemplateError) -> String {
        var text = ""
        try represent(value, into: &text)
        return text
    }

    private func represent(
        _ value: TemplateValue, into text: inout String
    ) throws(TemplateError) {
        try step()
        switch value {
        case .undefined: text += "Undefined"
        case .none: text += "None"
        case .bool(let value): text += value ? "True" : "False"
        case .int(let value): text += String(value)
        case .double(let value): text += PythonNumber.text(value)
        case .string(let value): try append(quoted: value, to: &text)
        case .markup(let value):
            text += "Markup("
            try append(quoted: value, to: &text)
            text += ")"
        case .list(let sequence): try represent(sequence.items, "[", "]", into: &text)
        case .tuple(let sequence):
            let close = sequence.items.count == 1 ? ",)" : ")"
            try represent(sequence.items, "(", close, into: &text)
        case .map(let map): try represent(map.keys, map.values, into: &text)
        case .range(let range):
            let step = range.step == 1 ? "" : ", \(range.step)"
            text += "range(\(range.start), \(range.stop)\(step))"
        case .view(let view):
            try represent(view.items, view.kind.rawValue + "([", "])", into: &text)
        case .namespace(let namespace):
            let values = namespace.names.map { namespace[$0] ?? .none }
            text += "<Namespace "
            try represent(namespace.names.map { .string($0) }, values, into: &text)
            text += ">"
        case .macro(let macro):
            text += "<Macro \(macro.node.name.map { "'\($0)'" } ?? "anonymous")>"
        case .loop(let loop):
            let length = try attribute("length", of: loop)?.integer ?? 0
            text += "<LoopContext \((loop.index ?? 0) + 1)/\(length)>"
        case .iterator: text += "<generator object>"
        case .function(let function): text += "<function \(function.rawValue)>"
        case .method(let method): text += "<built-in method \(method.name)>"
        case .cycler: text += "<Cycler object>"
        case .joiner: text += "<Joiner object>"
        }
    }

    private func append(quoted value: String, to text: inout String) throws(TemplateError) {
        try step(bytes: value.utf8.count)
        let quoted = value.pythonRepresentation
        try step(bytes: quoted.utf8.count)
        text += quoted
        try check(text)
    }

    private func check(_ text: String) throws(TemplateError) {
        guard text.utf8.count <= limits.textBytes else {
            throw failure(.limit, "a text is longer than \(limits.textBytes) bytes")
        }
    }

    private func represent(
        _ items: [TemplateValue], _ open: String, _ close: String, into text: inout String
    ) throws(TemplateError) {
        try descend()
        defer { ascend() }
        text += open
        for (place, item) in items.enumerated() {
            if place > 0 { text += ", " }
            try represent(item, into: &text)
        }
        text += close
        try check(text)
    }

    private func represent(
        _ keys: [TemplateValue], _ values: [TemplateValue], into text: inout String
    ) throws(TemplateError) {
        try descend()
        defer { ascend() }
        text += "{"
        for (place, (key, value)) in zip(keys, values).enumerated() {
            if place > 0 { text += ", " }
            try represent(key, into: &text)
            text += ": "
            try represent(value, into: &text)
        }
        text += "}"
        try check(text)
    }
}

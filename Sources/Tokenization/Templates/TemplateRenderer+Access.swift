// Attributes, items and slices, as the sandbox of chat templates allows them.
extension TemplateRenderer {
    /// `value.name`: the method or attribute, or else the item.
    func attribute(_ name: String, of value: TemplateValue) throws(TemplateError) -> TemplateValue {
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        if let own = try ownAttribute(name, of: value) { return own }
        if case .map(let map) = value, let member = map.value(at: name) { return member }
        return .undefined(TemplateUndefined(.attribute(owner: ownerName(value), name: name)))
    }

    /// `value[key]`: the item, or else the method or attribute.
    func item(
        _ key: TemplateValue, of value: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        if let item = try ownItem(key, of: value) { return item }
        guard let name = key.text else {
            let name = try represent(key)
            return .undefined(TemplateUndefined(.element(owner: ownerName(value), name: name)))
        }
        if let own = try ownAttribute(name, of: value) { return own }
        return .undefined(TemplateUndefined(.attribute(owner: ownerName(value), name: name)))
    }

    /// An item along a path such as `function.name` or `0.text`.
    func item(
        path: [TemplateValue], of value: TemplateValue, default: TemplateValue? = nil
    ) throws(TemplateError) -> TemplateValue {
        var value = value
        for key in path {
            value = try item(key, of: value)
            if value.isUndefined, let `default` { value = `default` }
        }
        return value
    }

    private func ownerName(_ value: TemplateValue) -> String {
        value.isNone ? "None" : value.typeName + " object"
    }

    private func ownItem(
        _ key: TemplateValue, of value: TemplateValue
    ) throws(TemplateError) -> TemplateValue? {
        switch value {
        case .map(let map):
            try step(key: key)
            return TemplateKey(key).flatMap(map.value(at:))
        case .list(let sequence), .tuple(let sequence):
            return place(key, count: sequence.items.count).map { sequence.items[$0] }
        case .range(let range): return place(key, count: range.count).map { .int(range[$0]) }
        case .string(let text), .markup(let text):
            guard key.integer != nil else { return nil }
            try step(bytes: text.utf8.count)
            guard let index = place(key, count: text.scalarCount) else { return nil }
            let scalars = text.unicodeScalars
            let scalar = scalars[scalars.index(scalars.startIndex, offsetBy: index)]
            return like(value, String(scalar))
        default: return nil
        }
    }

    private func place(_ key: TemplateValue, count: Int) -> Int? {
        guard let index = key.integer, index < count, index >= -count else { return nil }
        return index < 0 ? index + count : index
    }

    /// A string of the kind of `original`: markup stays markup.
    func like(_ original: TemplateValue, _ text: String) -> TemplateValue {
        if case .markup = original { .markup(text) } else { .string(text) }
    }

    private func ownAttribute(
        _ name: String, of value: TemplateValue
    ) throws(TemplateError) -> TemplateValue? {
        if name.hasPrefix("__"), name.hasSuffix("__") { return unsafe(name, of: value) }
        switch value {
        case .string, .markup:
            guard TemplateMethod.ofStrings.contains(name) else { return nil }
        case .map:
            if TemplateMethod.mutatingMaps.contains(name) { return unsafe(name, of: value) }
            guard TemplateMethod.ofMaps.contains(name) else { return nil }
        case .list:
            if TemplateMethod.mutatingLists.contains(name) { return unsafe(name, of: value) }
            guard TemplateMethod.ofLists.contains(name) else { return nil }
        case .tuple, .range:
            guard name == "index" || name == "count" else { return nil }
        case .namespace(let namespace): return namespace[name]
        case .loop(let loop): return try attribute(name, of: loop)
        case .cycler(let cycler):
            if name == "current" { return cycler.current }
            guard name == "next" || name == "reset" else { return nil }
        case .macro(let macro):
            guard name == "name" else { return nil }
            return macro.node.name.map { .string($0) } ?? TemplateValue.none
        default: return nil
        }
        return .method(TemplateMethod(receiver: value, name: name))
    }

    private func unsafe(_ name: String, of value: TemplateValue) -> TemplateValue {
        .undefined(TemplateUndefined(.unsafe(owner: value.typeName, name: name)))
    }

    func slice(
        _ value: TemplateValue, _ slice: TemplateSlice
    ) throws(TemplateError) -> TemplateValue {
        guard slice.step != 0 else { throw failure(.type, "the step of a slice must not be zero") }
        switch value {
        case .list(let sequence): return try list(self.slice(sequence.items, slice))
        case .tuple(let sequence): return try tuple(self.slice(sequence.items, slice))
        case .range(let range): return .range(try self.slice(range, slice))
        case .string(let text), .markup(let text):
            try step(scalars: text)
            let scalars = Array(text.unicodeScalars)
            let indices = slice.indices(count: scalars.count)
            return like(value, String(indices.lazy.map { scalars[$0] }))
        case .undefined(let undefined): throw undefinedFailure(undefined)
        default: throw failure(.type, "'\(value.typeName)' object cannot be sliced")
        }
    }

    private func slice(
        _ range: TemplateRange, _ slice: TemplateSlice
    ) throws(TemplateError) -> TemplateRange {
        let bounds = slice.bounds(count: range.count)
        let (step, overflow) = range.step.multipliedReportingOverflow(by: bounds.step)
        guard !overflow,
            let result = TemplateRange(
                start: range[bounds.first], stop: range[bounds.end], step: step)
        else { throw failure(.limit, "an integer does not fit in 64 bits") }
        return result
    }

    private func slice(
        _ items: [TemplateValue], _ slice: TemplateSlice
    ) throws(TemplateError) -> [TemplateValue] {
        try step(elements: items.count)
        return slice.indices(count: items.count).map { items[$0] }
    }

    /// The elements to iterate over, as an array; `nil` for what cannot be iterated over.
    func elements(of value: TemplateValue) throws(TemplateError) -> [TemplateValue]? {
        switch value {
        case .list(let sequence), .tuple(let sequence): return sequence.items
        case .map(let map): return map.keys
        case .view(let view): return view.items
        case .iterator(let iterator): return iterator.takeAll()
        case .undefined: return []
        case .range(let range):
            try step(elements: range.count)
            return range.values
        case .string(let text), .markup(let text):
            try step(elements: text.utf8.count)
            return text.unicodeScalars.map { .string(String($0)) }
        default: return nil
        }
    }

    /// As `elements(of:)`, for what must be iterated over.
    func items(of value: TemplateValue) throws(TemplateError) -> [TemplateValue] {
        guard let items = try elements(of: value) else {
            throw failure(.type, "'\(value.typeName)' object is not iterable")
        }
        return items
    }
}

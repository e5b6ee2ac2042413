// Filters that give lists.
extension TemplateRenderer {
    func listFilter(
        _ filter: TemplateFilter, _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        switch filter {
        case .list:
            _ = try bind(call, "list")
            return try list(items(of: value))
        case .items: return try iterator(pairs(of: value, call))
        case .map: return try map(value, call)
        case .select: return try select(value, call, keeping: true, byAttribute: false)
        case .reject: return try select(value, call, keeping: false, byAttribute: false)
        case .selectattr: return try select(value, call, keeping: true, byAttribute: true)
        case .rejectattr: return try select(value, call, keeping: false, byAttribute: true)
        case .reverse: return try reverse(value, call)
        case .batch: return try batch(value, call)
        case .slice: return try slices(value, call)
        default: return try orderFilter(filter, value, call)
        }
    }

    /// The keys of `attribute` arguments such as `"function.name"` or `0`.
    func attributePath(_ value: TemplateValue?) throws(TemplateError) -> [TemplateValue] {
        guard let value, !value.isNone else { return [] }
        guard let text = value.text else { return [value] }
        try step(scalars: text)
        return text.split(separator: ".", omittingEmptySubsequences: false).map {
            Int($0).map { .int($0) } ?? .string(String($0))
        }
    }

    private func pairs(
        of value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> [TemplateValue] {
        _ = try bind(call, "items")
        if value.isUndefined { return [] }
        guard case .map(let map) = value else {
            throw failure(.type, "'items' expects a mapping, got '\(value.typeName)'")
        }
        return try pairs(of: map)
    }

    func pairs(of map: TemplateMap) throws(TemplateError) -> [TemplateValue] {
        var pairs: [TemplateValue] = []
        for (key, value) in zip(map.keys, map.values) {
            pairs.append(try tuple([key, value]))
        }
        return pairs
    }

    private func map(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        var result: [TemplateValue] = []
        guard value.isTrue else { return try iterator([]) }
        if call.positional.isEmpty, call["attribute"] != nil {
            let arguments = try bind(call, "map", ["attribute", "default"])
            let path = try attributePath(arguments[0])
            let initial = arguments[1].flatMap { $0.isNone ? nil : $0 }
            for item in try items(of: value) {
                result.append(try self.item(path: path, of: item, default: initial))
            }
        } else {
            guard let name = call.positional.first?.text else {
                throw failure(.type, "'map' expects the name of a filter or 'attribute'")
            }
            var inner = call
            inner.positional.removeFirst()
            try descend()
            defer { ascend() }
            for item in try items(of: value) { result.append(try filter(name, item, inner)) }
        }
        return try iterator(result)
    }

    private func select(
        _ value: TemplateValue, _ call: TemplateCall, keeping: Bool, byAttribute: Bool
    ) throws(TemplateError) -> TemplateValue {
        guard value.isTrue else { return try iterator([]) }
        var inner = call
        var path: [TemplateValue] = []
        if byAttribute {
            guard !inner.positional.isEmpty else {
                throw failure(.type, "a filter by attribute expects the name of the attribute")
            }
            path = try attributePath(inner.positional.removeFirst())
        }
        var name: String?
        if !inner.positional.isEmpty {
            let first = inner.positional.removeFirst()
            guard let text = first.text else {
                throw failure(.type, "expected the name of a test, got '\(first.typeName)'")
            }
            name = text
        }
        var result: [TemplateValue] = []
        for item in try items(of: value) {
            let subject = try self.item(path: path, of: item)
            try step()
            let holds =
                try name.map { name throws(TemplateError) in
                    try predicate(name, subject, inner)
                } ?? subject.isTrue
            if holds == keeping { result.append(item) }
        }
        return try iterator(result)
    }

    private func reverse(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        _ = try bind(call, "reverse")
        if let text = value.text {
            try step(scalars: text)
            return like(value, String(text.unicodeScalars.reversed()))
        }
        let items = Array(try items(of: value).reversed())
        if case .iterator = value { return try list(items) }
        return try iterator(items)
    }

    private func batch(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "batch", ["linecount", "fill_with"], required: 1)
        let size = try integer(arguments, 0) ?? 0
        var rows: [TemplateValue] = []
        var row: [TemplateValue] = []
        for item in try items(of: value) {
            if row.count == size, !row.isEmpty || size == 0 {
                rows.append(try list(row))
                row = []
            }
            row.append(item)
        }
        if !row.isEmpty {
            if let fill = arguments[1], !fill.isNone, row.count < size {
                try step(elements: size)
                row += Array(repeating: fill, count: size - row.count)
            }
            rows.append(try list(row))
        }
        return try iterator(rows)
    }

    private func slices(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "slice", ["slices", "fill_with"], required: 1)
        let count = try integer(arguments, 0) ?? 0
        guard count != 0 else { throw failure(.type, "division by zero") }
        let items = try items(of: value)
        try step(elements: max(0, count))
        var slices: [TemplateValue] = []
        var start = 0
        for index in 0..<max(0, count) {
            let isLonger = index < items.count % count
            let end = start + items.count / count + (isLonger ? 1 : 0)
            var part = Array(items[start..<end])
            if !isLonger, let fill = arguments[1], !fill.isNone { part.append(fill) }
            slices.append(try list(part))
            start = end
        }
        return try iterator(slices)
    }
}

// Filters that compare the elements of a list.
extension TemplateRenderer {
    func orderFilter(
        _ filter: TemplateFilter, _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        switch filter {
        case .sort: return try sort(value, call)
        case .dictsort: return try sortMap(value, call)
        case .unique: return try unique(value, call)
        default: return try group(value, call)
        }
    }

    /// What values compare by: strings by their lower case unless the case matters.
    private func key(
        _ value: TemplateValue, isCaseSensitive: Bool
    ) throws(TemplateError) -> TemplateValue {
        guard !isCaseSensitive, let text = value.text else { return value }
        return try self.text(text.pythonLowercased)
    }

    private func keys(
        of items: [TemplateValue], at path: [TemplateValue], isCaseSensitive: Bool,
        default: TemplateValue? = nil
    ) throws(TemplateError) -> [TemplateValue] {
        var keys: [TemplateValue] = []
        for item in items {
            let value = try self.item(path: path, of: item, default: `default`)
            keys.append(try key(value, isCaseSensitive: isCaseSensitive))
        }
        return keys
    }

    /// `places` in the order of their keys; equal ones stay in their order. Complexity:
    /// O(n log n) comparisons.
    func sorted(
        _ places: [Int], by keys: [TemplateValue], reversed: Bool
    ) throws(TemplateError) -> [Int] {
        var source = places
        var target = places
        var width = 1
        while width < source.count {
            try step(elements: source.count)
            for start in stride(from: 0, to: source.count, by: 2 * width) {
                let middle = min(start + width, source.count)
                let end = min(start + 2 * width, source.count)
                var left = start
                var right = middle
                for place in start..<end {
                    var takesRight = left == middle
                    if left < middle, right < end {
                        let (first, second) = (keys[source[left]], keys[source[right]])
                        takesRight =
                            try reversed
                            ? order(first, second) == .less : order(second, first) == .less
                    }
                    target[place] = takesRight ? source[right] : source[left]
                    if takesRight { right += 1 } else { left += 1 }
                }
            }
            swap(&source, &target)
            width *= 2
        }
        return source
    }

    private func sort(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "sort", ["reverse", "case_sensitive", "attribute"])
        let items = try items(of: value)
        var columns: [[TemplateValue]] = []
        for path in try attributePaths(arguments[2]) {
            columns.append(
                try keys(of: items, at: path, isCaseSensitive: arguments.isTrue(1)))
        }
        // As in Python, keys are lists: values that are equal need not be ordered.
        var keys: [TemplateValue] = []
        for place in items.indices { keys.append(try list(columns.map { $0[place] })) }
        let places = try sorted(Array(items.indices), by: keys, reversed: arguments.isTrue(0))
        return try list(places.map { items[$0] })
    }

    /// The paths of an `attribute` argument such as `"name,size"`.
    private func attributePaths(
        _ value: TemplateValue?
    ) throws(TemplateError) -> [[TemplateValue]] {
        guard let text = value?.text else { return [try attributePath(value)] }
        try step(bytes: text.utf8.count)
        var paths: [[TemplateValue]] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            paths.append(try attributePath(.string(String(part))))
        }
        return paths
    }

    private func sortMap(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "dictsort", ["case_sensitive", "by", "reverse"])
        if case .undefined(let undefined) = value { throw undefinedFailure(undefined) }
        guard case .map(let map) = value else {
            throw failure(.type, "'dictsort' expects a mapping, got '\(value.typeName)'")
        }
        let column = try string(arguments, 1) ?? "key"
        guard column == "key" || column == "value" else {
            throw wrongType(arguments, 1, expected: "'key' or 'value'")
        }
        let keys = try keys(
            of: column == "key" ? map.keys : map.values, at: [],
            isCaseSensitive: arguments.isTrue(0))
        let pairs = try pairs(of: map)
        let places = try sorted(Array(pairs.indices), by: keys, reversed: arguments.isTrue(2))
        return try list(places.map { pairs[$0] })
    }

    private func unique(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let arguments = try bind(call, "unique", ["case_sensitive", "attribute"])
        let items = try items(of: value)
        let keys = try keys(
            of: items, at: attributePath(arguments[1]), isCaseSensitive: arguments.isTrue(0))
        var seen: Set<TemplateKey> = []
        var result: [TemplateValue] = []
        for (item, key) in zip(items, keys) {
            try step(key: key)
            guard let hashed = TemplateKey(key) else {
                throw failure(.type, "unhashable type: '\(key.typeName)'")
            }
            if seen.insert(hashed).inserted { result.append(item) }
        }
        return try iterator(result)
    }

    private func group(
        _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        let names = ["attribute", "default", "case_sensitive"]
        let arguments = try bind(call, "groupby", names, required: 1)
        let path = try attributePath(arguments[0])
        let initial = arguments[1].flatMap { $0.isNone ? nil : $0 }
        let items = try items(of: value)
        let keys = try keys(
            of: items, at: path, isCaseSensitive: arguments.isTrue(2), default: initial)
        let places = try sorted(Array(items.indices), by: keys, reversed: false)
        var groups: [TemplateValue] = []
        var start = 0
        while start < places.count {
            var end = start + 1
            while end < places.count, try areEqual(keys[places[start]], keys[places[end]]) {
                end += 1
            }
            let members = places[start..<end].map { items[$0] }
            let key = try item(path: path, of: members[0], default: initial)
            groups.append(try tuple([key, list(members)]))
            start = end
        }
        return try list(groups)
    }
}

/// The filters, by their names in templates.
enum TemplateFilter: String {
    case abs, attr, batch, capitalize, center, count, d, `default`, dictsort, e, escape, first
    case float, forceescape, format, groupby, indent, int, items, join, last, length, list, lower
    case map, max, min, reject, rejectattr, replace, reverse, round, safe, select, selectattr
    case slice, sort, string, sum, title, tojson, trim, truncate, unique, upper, wordcount
}

extension TemplateRenderer {
    func filter(
        _ name: String, _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        guard let filter = TemplateFilter(rawValue: name) else {
            throw failure(.unsupported, "there is no filter '\(name)'")
        }
        switch filter {
        case .capitalize, .center, .e, .escape, .forceescape, .format, .indent, .join, .lower,
            .replace, .safe, .string, .title, .tojson, .trim, .truncate, .upper, .wordcount:
            return try textFilter(filter, value, call)
        case .batch, .dictsort, .groupby, .items, .list, .map, .reject, .rejectattr, .reverse,
            .select, .selectattr, .slice, .sort, .unique:
            return try listFilter(filter, value, call)
        case .abs, .float, .int, .max, .min, .round, .sum:
            return try numberFilter(filter, value, call)
        case .attr, .count, .d, .default, .first, .last, .length:
            return try plainFilter(filter, value, call)
        }
    }

    private func plainFilter(
        _ filter: TemplateFilter, _ value: TemplateValue, _ call: TemplateCall
    ) throws(TemplateError) -> TemplateValue {
        switch filter {
        case .d, .default:
            let arguments = try bind(call, "default", ["default_value", "boolean"])
            let isReplaced = value.isUndefined || arguments.isTrue(1) && !value.isTrue
            return isReplaced ? arguments[0] ?? .string("") : value
        case .attr:
            let arguments = try bind(call, "attr", ["name"], required: 1)
            let name = try requiredString(arguments, 0)
            if case .map(let map) = value, map.value(at: name) != nil,
                !TemplateMethod.ofMaps.contains(name)
            {
                return .undefined(TemplateUndefined(.attribute(owner: "dict object", name: name)))
            }
            return try attribute(name, of: value)
        case .first:
            _ = try bind(call, "first")
            if case .iterator(let iterator) = value {
                return iterator.takeFirst() ?? undefined("no first item, the sequence was empty")
            }
            return try items(of: value).first ?? undefined("no first item, the sequence was empty")
        case .last:
            _ = try bind(call, "last")
            if case .iterator = value {
                throw failure(.type, "'\(value.typeName)' object is not reversible")
            }
            return try items(of: value).last ?? undefined("no last item, the sequence was empty")
        default:
            _ = try bind(call, "length")
            return .int(try length(of: value))
        }
    }

    /// `len(value)`.
    func length(of value: TemplateValue) throws(TemplateError) -> Int {
        switch value {
        case .string(let text), .markup(let text):
            try step(bytes: text.utf8.count)
            return text.scalarCount
        case .list(let sequence), .tuple(let sequence): return sequence.items.count
        case .map(let map): return map.count
        case .view(let view): return view.items.count
        case .range(let range): return range.count
        case .undefined: return 0
        case .loop(let loop): return try attribute("length", of: loop)?.integer ?? 0
        default: throw failure(.type, "object of type '\(value.typeName)' has no length")
        }
    }
}

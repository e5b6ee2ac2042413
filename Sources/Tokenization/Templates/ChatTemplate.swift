package import Domain

/// A chat template: Jinja source that turns messages into the prompt of a model.
///
/// The language is the part of Jinja that published chat templates use, with Python's meaning of
/// its values, in the environment that Hugging Face's `apply_chat_template` gives them: blocks are
/// trimmed, `tojson` keeps HTML characters, `raise_exception` and `strftime_now` are there, values
/// cannot be changed. Templates come with downloaded models, so time, depth and memory are bounded.
///
/// Left out, each with an error of its own: other templates (`include`, `extends`, `block`),
/// integers beyond 64 bits, tuples as keys, and the filters and methods that only web pages need.
/// Lazy filters such as `map` are computed at once, so what is wrong inside them is an error even
/// if nobody takes their elements.
package struct ChatTemplate: Sendable {
    private let body: [TemplateStatement]
    private let limits: TemplateLimits

    /// Parses `source`. Complexity: O(bytes).
    package init(
        source: String, limits: TemplateLimits = TemplateLimits()
    ) throws(TemplateError) {
        self.limits = limits
        body = try TemplateParser.parse(source, limits: limits)
    }

    /// Renders the template with the members of `context` as its variables. Without `now`, the
    /// template's use of `strftime_now` is an error.
    package func render(
        _ context: JSONObject, now: TemplateClock? = nil
    ) throws(TemplateError) -> String {
        try TemplateRenderer(limits: limits, clock: now).render(body, context: context)
    }
}

/// A macro, or the body of a call block, with the scope in which it was defined.
final class TemplateMacro {
    let node: TemplateMacroNode
    let scope: TemplateScope

    init(node: TemplateMacroNode, scope: TemplateScope) {
        self.node = node
        self.scope = scope
    }
}

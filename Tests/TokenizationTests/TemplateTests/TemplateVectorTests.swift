internal import Testing
internal import Tokenization

/// The engine gives what the reference gives, scalar for scalar, and refuses what it refuses.
@Suite struct TemplateVectorTests {
    @Test func vectorsAreThere() {
        #expect(TemplateVector.all.count > 250)
    }

    @Test(arguments: TemplateVector.all)
    func matchesTheReference(_ vector: TemplateVector) throws {
        if let expected = vector.rendered {
            let rendered = try vector.render()
            #expect(Array(rendered.utf8) == Array(expected.utf8))
        } else {
            let error = #expect(throws: TemplateError.self) { try vector.render() }
            if error?.kind == .raised { #expect(error?.message == vector.message) }
        }
    }
}

internal import Domain
internal import Testing
internal import Tokenization

@testable import Gateway

@Suite struct ChoiceDecoderTests {
    private func decoder(_ rules: StopRules) throws -> ChoiceDecoder {
        ChoiceDecoder(rules: rules, detokenizer: try TestTokenizer.make().detokenizer())
    }

    private func tokens(_ text: String) -> [SampledToken] {
        text.utf8.map { SampledToken(token: TokenID(UInt32($0))) }
    }

    @Test func halfACharacterIsHeldBack() throws {
        var decoder = try decoder(StopRules())
        let bytes = tokens("é")
        #expect(decoder.append([bytes[0]]).text == "")
        let delta = decoder.append([bytes[1]])
        #expect(delta.text == "é")
        #expect(delta.tokens == [bytes[1]])
    }

    @Test func stopTokenHasNoText() throws {
        var decoder = try decoder(StopRules(tokens: [33]))
        #expect(decoder.append(tokens("a!")).text == "a")
        let last = decoder.finish(.endOfSequence, stoppedBy: 33)
        #expect(last.text == "")
        #expect(last.tokens.map(\.token) == [33])
        #expect(last.ending == .endOfSequence)
        #expect(decoder.tokenCount == 2)
    }

    @Test func stopTokenHasTextWhenIncluded() throws {
        var decoder = try decoder(StopRules(tokens: [33], includeInOutput: true))
        #expect(decoder.append(tokens("a!")).text == "a")
        #expect(decoder.finish(.endOfSequence, stoppedBy: 33).text == "!")
    }

    @Test func stopTokenBeforeMinTokensIsText() throws {
        var decoder = try decoder(StopRules(tokens: [33]))
        #expect(decoder.append(tokens("!")).text == "")
        let next = decoder.append(tokens("b"))
        #expect(next.text == "!b")
        #expect(next.tokens.count == 2)
        #expect(decoder.finish(.length, stoppedBy: nil).text == "")
    }

    @Test func stopStringEndsInsideAStep() throws {
        var decoder = try decoder(StopRules(strings: ["bc"]))
        let delta = decoder.append(tokens("abcd"))
        #expect(delta.text == "a")
        #expect(delta.ending == .stopString("bc"))
        #expect(delta.tokens.count == 3)
        #expect(decoder.tokenCount == 3)
    }

    @Test func stopStringIncluded() throws {
        var decoder = try decoder(StopRules(strings: ["bc"], includeInOutput: true))
        #expect(decoder.append(tokens("abcd")).text == "abc")
    }

    @Test func stopStringWaitsForMinTokens() throws {
        var decoder = try decoder(StopRules(strings: ["a"], minTokens: 2))
        #expect(decoder.append(tokens("aa")).ending == nil)
        let delta = decoder.append(tokens("a"))
        #expect(delta.ending == .stopString("a"))
    }

    @Test func heldTextComesAtTheEnd() throws {
        var decoder = try decoder(StopRules(strings: ["abc"]))
        #expect(decoder.append(tokens("xab")).text == "x")
        let last = decoder.finish(.length, stoppedBy: nil)
        #expect(last.text == "ab")
        #expect(last.ending == .length)
    }

    @Test func incompleteCharacterAtTheEndIsReplaced() throws {
        var decoder = try decoder(StopRules())
        #expect(decoder.append([tokens("é")[0]]).text == "")
        #expect(decoder.finish(.length, stoppedBy: nil).text == "\u{FFFD}")
    }
}

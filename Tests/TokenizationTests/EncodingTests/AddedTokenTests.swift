internal import Domain
internal import Testing
internal import Tokenization

@Suite("Added tokens")
struct AddedTokenTests {
    private func small(_ tokens: JSON..., normalizer: JSON = nil) -> SmallTokenizer {
        SmallTokenizer(parts: [("added_tokens", .array(tokens)), ("normalizer", normalizer)])
    }

    @Test("the leftmost and longest wins")
    func longest() throws {
        let small = small(
            SmallTokenizer.added("<s>", 100), SmallTokenizer.added("<s>x", 101),
            SmallTokenizer.added("s>xy", 102))
        #expect(try small.tokens("a<s>xyb") == ["a", "<s>x", "y", "b"])
        #expect(try small.tokens("<s<s>") == ["<", "s", "<s>"])
    }

    @Test("stripping takes white space on its side")
    func strips() throws {
        let small = small(
            SmallTokenizer.added("<l>", 100, "lstrip"), SmallTokenizer.added("<r>", 101, "rstrip"))
        #expect(try small.tokens("a  <l> b") == ["a", "<l>", " ", "b"])
        #expect(try small.tokens("a <r> \n b") == ["a", " ", "<r>", "b"])
        #expect(try small.tokens("<r>  <l>") == ["<r>", "<l>"])
        let spaces = self.small(SmallTokenizer.added(" ", 27, "lstrip", "rstrip"))
        #expect(try spaces.tokens("a" + String(repeating: " ", count: 50_000)) == ["a", " "])
    }

    @Test("single words")
    func singleWord() throws {
        let small = small(SmallTokenizer.added("kun", 100, "single_word"))
        #expect(try small.tokens("kun") == ["kun"])
        #expect(try small.tokens(".kun,") == [".", "kun", ","])
        #expect(try small.tokens("kuna") == ["k", "u", "n", "a"])
        #expect(try small.tokens("_kun") == ["_", "k", "u", "n"])
    }

    @Test("normalized tokens are found in normalized text, others in raw text")
    func normalized() throws {
        let lowercase: JSON = ["type": "Lowercase"]
        let both = small(
            SmallTokenizer.added("Ab", 100, "normalized"), SmallTokenizer.added("Cd", 101),
            normalizer: lowercase)
        #expect(try both.tokens("AB ab CD Cd") == ["Ab", " ", "Ab", " ", "c", "d", " ", "Cd"])
    }

    @Test("special tokens are recognised and left out on request")
    func special() throws {
        let tokenizer = try small(
            SmallTokenizer.added("<s>", 100, "special"), SmallTokenizer.added("<t>", 101)
        ).make()
        let ids = tokenizer.encode("a<s><t>")
        #expect(tokenizer.isSpecial(100) && !tokenizer.isSpecial(101))
        #expect(tokenizer.decode(ids) == "a <t>")
        #expect(tokenizer.decode(ids, skipSpecialTokens: false) == "a <s> <t>")
        #expect(tokenizer.vocabularySize == 102)
        #expect(tokenizer.tokenID(for: "<t>") == 101 && tokenizer.tokenID(for: "<u>") == nil)
        #expect(tokenizer.token(for: 101) == "<t>" && tokenizer.token(for: 99) == nil)
    }

    @Test("templates put special tokens around the text")
    func template() throws {
        let template: JSON = [
            "type": "TemplateProcessing",
            "single": [
                ["SpecialToken": ["id": "<s>", "type_id": 0]],
                ["Sequence": ["id": "A", "type_id": 0]],
                ["SpecialToken": ["id": "</s>", "type_id": 0]],
            ],
            "special_tokens": ["<s>": ["ids": [100]], "</s>": ["ids": [101, 102]]],
        ]
        let tokenizer = try SmallTokenizer(parts: [("post_processor", template)]).make()
        #expect(tokenizer.encode("a") == [100, 1, 101, 102])
        #expect(tokenizer.encode("a", addSpecialTokens: false) == [1])
        #expect(tokenizer.encode("") == [100, 101, 102])
    }
}

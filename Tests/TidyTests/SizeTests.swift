import Testing

/// A function fits a screen, a file a sitting, a line half a window.
struct SizeTests {
    @Test(arguments: SourceTree.code)
    func filesAndLinesAreShort(file: SourceFile) {
        #expect(file.lines.count <= 501, "\(file) has more than 500 lines")
        for (index, line) in file.lines.enumerated() where line.count > 100 {
            Issue.record("\(file):\(index + 1): longer than 100 columns")
        }
    }

    @Test(arguments: SourceTree.swift)
    func functionsFitAScreen(file: SourceFile) {
        for function in functions(in: file) where function.length > 70 {
            Issue.record("\(file):\(function.line): \(function.length) lines in one function")
        }
    }

    /// Functions by their indentation: a body ends at the first `}` as far left as its `func`.
    private func functions(in file: SourceFile) -> [(line: Int, length: Int)] {
        var result: [(Int, Int)] = []
        var open: (line: Int, indentation: Int)?
        for (number, text) in file.codeLines {
            let indentation = text.prefix { $0 == " " }.count
            if let function = open {
                guard indentation == function.indentation, text.dropFirst(indentation) == "}"
                else { continue }
                result.append((function.line, number - function.line + 1))
                open = nil
            } else if text.contains(/\b(func |init[?]?[(<]|deinit )/), !text.hasSuffix("}") {
                open = (number, indentation)
            }
        }
        return result
    }
}

package import Domain

/// Prompts from a file, one per line: `--dataset-name custom`.
///
/// A line is a JSON object with the string `prompt` and perhaps
/// `output_tokens`; or it is the prompt itself. Empty lines are skipped.
package struct PromptFile: Hashable, Sendable {
    package var path: String
    /// How many requests; prompts are repeated in order when the file has fewer. `nil`: each once.
    package var count: Int?
    /// For lines that do not say.
    package var outputTokens: TokenCount = 256
    package var arrivals = ArrivalProcess()
    package var seed: UInt64 = 0

    package init(path: String) { self.path = path }

    package func make() throws(WorkloadError) -> Workload {
        let bytes: [UInt8]
        do {
            bytes = try SystemFile.read(path)
        } catch {
            throw WorkloadError(file: path, message: error.reason)
        }
        return try make(from: bytes)
    }

    func make(from bytes: [UInt8]) throws(WorkloadError) -> Workload {
        var prompts: [(prompt: Prompt, output: TokenCount)] = []
        for (number, line) in TextLines(bytes) where !line.allSatisfy({ $0 == 0x20 }) {
            prompts.append(try read(line, number: number))
        }
        guard !prompts.isEmpty else {
            throw WorkloadError(file: path, message: "no prompts, expected one per line")
        }
        let times = arrivals.arrivals(count ?? prompts.count, seed: seed)
        let requests = times.enumerated().map { index, time in
            let (prompt, output) = prompts[index % prompts.count]
            return PlannedRequest(arrivalSeconds: time, prompt: prompt, outputTokens: output)
        }
        return Workload(name: "custom \(path)", requests: requests)
    }

    private func read(
        _ line: ArraySlice<UInt8>, number: Int
    ) throws(WorkloadError) -> (Prompt, TokenCount) {
        guard line.first == UInt8(ascii: "{") else {
            guard let text = String(validating: line, as: UTF8.self) else {
                throw WorkloadError(file: path, line: number, message: "the prompt is not UTF-8")
            }
            return (.text(text), outputTokens)
        }
        let object: JSON
        do {
            object = try JSON.parse(Array(line))
        } catch {
            throw WorkloadError(file: path, line: number, message: "\(error)")
        }
        guard let text = object["prompt"]?.stringValue else {
            throw WorkloadError(
                file: path, line: number, message: "no 'prompt', expected a string")
        }
        guard let output = object["output_tokens"] else { return (.text(text), outputTokens) }
        guard let tokens = output.intValue, (1...1_000_000).contains(tokens) else {
            throw WorkloadError(
                file: path, line: number,
                message: "'output_tokens' is \(output.text), expected 1 to 1000000")
        }
        return (.text(text), tokens)
    }
}

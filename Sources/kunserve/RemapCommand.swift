internal import ArgumentParser
internal import Domain
internal import Inference

/// `kunserve bench remap`: what it costs to turn weights into KV.
struct RemapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remap",
        abstract: "Measure how long a drop changes memory: on the path of steps, and off it."
    )

    @Option(help: "Bytes of weights that become KV.")
    var size = ByteCount.gibibytes(1)

    @Option(help: "Rounds; the median counts.")
    var rounds = 5

    func validate() throws {
        guard (1...1000).contains(rounds) else {
            throw ValidationError("--rounds is \(rounds), expected 1 to 1000")
        }
    }

    func run() throws {
        var benchmark = RemapBenchmark()
        benchmark.size = size
        benchmark.rounds = rounds
        print(try benchmark.run())
    }
}

internal import ArgumentParser

/// The command line: reads flags, builds rooms, connects them.
@main
struct KunServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kunserve",
        abstract: "An LLM serving cluster that survives overload.",
        discussion: """
            Serves Hugging Face models over the OpenAI API. Without --model it serves the small \
            demo model that comes with it.
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, BenchCommand.self, SimulateCommand.self, ProfileCommand.self,
            ModelCommand.self,
        ],
        defaultSubcommand: nil
    )
}

/// The version of this program.
enum Version {
    static let current = "0.1.0"
}

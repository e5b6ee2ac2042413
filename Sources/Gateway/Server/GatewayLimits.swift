/// What one client may cost.
package struct GatewayLimits: Hashable, Sendable {
    /// Bytes of a request body.
    package var maxBodySize = 10 << 20
    /// Bytes of all request headers.
    package var maxHeaderSize = 64 << 10
    package var maxHeaderCount = 200
    /// Open connections; further ones wait in the listen queue.
    package var maxConnections = 4096
    /// A connection without a request, or in the middle of sending one, is closed when nothing
    /// arrives for this long.
    package var idleTimeout: Duration = .seconds(75)
    /// A whole body must arrive within this time.
    package var bodyTimeout: Duration = .seconds(60)
    /// A client that takes no bytes of its answer for this long is hung up on.
    package var writeTimeout: Duration = .seconds(60)
    /// How long running generations may go on after the signal to stop.
    package var drainTimeout: Duration = .seconds(60)

    /// Prompts of one completion request.
    package var maxPrompts = 256
    /// Choices per prompt.
    package var maxChoices = 128
    /// Prompts times choices of one request.
    package var maxGenerations = 1024
    package var maxStopStrings = 16
    package var maxStopTokens = 256
    /// Alternatives reported per token.
    package var maxLogprobs = 20

    /// Open dashboards and other readers of the cell's stream.
    package var maxClusterStreams = 32
    /// The time between two snapshots of such a stream.
    package var clusterInterval: Duration = .milliseconds(500)
    /// Instances that one command may add.
    package var maxAddedInstances = 64
    /// Simulations at a time.
    package var maxWhatIfs = 2
    /// How long one simulation may take.
    package var whatIfTimeout: Duration = .seconds(60)
    /// Imagined requests of one simulation.
    package var maxArrivals = 10_000
    /// Tokens of all imagined requests of one simulation.
    package var maxWhatIfTokens = 20_000_000

    package init() {}
}

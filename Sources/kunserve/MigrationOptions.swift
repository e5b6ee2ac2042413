internal import ArgumentParser
internal import Cluster
internal import Domain
internal import Planning
internal import Runtime

/// The flags that say when running requests move between instances.
struct MigrationOptions: ParsableArguments {
    @Option(
        help: """
            Who moves running requests that could stay: llumnix (from instances that are short of \
            KV to such as have plenty), mell (so that few instances are in use) or off.
            """)
    var relocationPolicy: RelocationPolicy = .llumnix

    @Option(
        help: """
            How requests are packed where --dispatch-policy is pack or --relocation-policy mell: \
            mell, best-fit, worst-fit or load-balance.
            """)
    var packingPolicy: PackingPolicy = .mell

    @Option(help: "Seconds that --autoscale packing keeps an instance without requests.")
    var packingLinger = PackingConfiguration().linger / .seconds(1)

    @Option(
        help: """
            How packed requests move: hybrid (some by their KV, some by their tokens, as far as \
            links and instances have room), kv, tokens or unbounded (as --relocation-mode says).
            """)
    var transferPolicy: TransferPolicy = .hybrid

    @Option(
        help: """
            How running requests move: live (their KV follows while they run), blocking, or \
            recompute.
            """)
    var relocationMode: RelocationMode = .live

    @Option(
        help: "KV blocks free for each running request below which an instance gives some away.")
    var migrateOutThreshold = MigrationConfiguration().outBelow

    @Option(help: "KV blocks free for each running request above which an instance takes some.")
    var migrateInThreshold = MigrationConfiguration().inAbove

    @Option(
        help: "Requests of a lower priority value than this have others moved out of their way.")
    var highPriorityBelow = MigrationConfiguration().highPriorityBelow

    @Option(help: "Tokens of KV on an instance with which it still decodes at nearly full speed.")
    var highPriorityLoad = MigrationConfiguration().highPriorityLoad

    func validate() throws {
        guard migrateOutThreshold.isFinite, migrateInThreshold.isFinite,
            migrateOutThreshold <= migrateInThreshold
        else {
            throw ValidationError(
                "--migrate-out-threshold is \(migrateOutThreshold), expected no more than "
                    + "--migrate-in-threshold, which is \(migrateInThreshold)")
        }
        guard (0...86_400).contains(packingLinger) else {
            throw ValidationError("--packing-linger is \(packingLinger), expected 0 to 86400")
        }
        guard highPriorityLoad >= 0 else {
            throw ValidationError(
                "--high-priority-load is \(highPriorityLoad), expected 0 or more tokens")
        }
    }

    func apply(to configuration: inout EngineConfiguration) {
        configuration.relocationPolicy = relocationPolicy
        configuration.packingPolicy = packingPolicy
        configuration.packing.transferPolicy = transferPolicy
        configuration.packing.linger = .seconds(packingLinger)
        configuration.relocation.mode = relocationMode
        configuration.migration.outBelow = migrateOutThreshold
        configuration.migration.inAbove = migrateInThreshold
        configuration.migration.highPriorityBelow = highPriorityBelow
        configuration.migration.highPriorityLoad = highPriorityLoad
    }
}

extension RelocationPolicy: ExpressibleByArgument {}
extension PackingPolicy: ExpressibleByArgument {}
extension TransferPolicy: ExpressibleByArgument {}
extension RelocationMode: ExpressibleByArgument {}

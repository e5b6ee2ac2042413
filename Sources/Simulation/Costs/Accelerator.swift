package import Domain

/// A kind of device, by what has been measured of it or of one like it.
package struct Accelerator: Hashable, Sendable {
    package let name: String
    /// Whose tables it is taken from.
    package let measured: MeasuredDevice
    /// What it has of the measured device's memory bandwidth, arithmetic, and bandwidth to its
    /// neighbours.
    package var memoryShare = 1.0
    package var arithmeticShare = 1.0
    package var linkShare = 1.0
    /// What programs can get of its memory.
    package let memory: ByteCount
    /// Bytes per second of its memory when weights are read.
    package var bandwidth: Double { measured.bandwidth * memoryShare }
    /// Operations per second in large products of matrices in bf16.
    package var rate: Double { measured.rate * arithmeticShare }
}

/// Devices that the tables have.
package enum MeasuredDevice: String, Hashable, Sendable, CaseIterable {
    /// A100 SXM, 80 GB.
    case a100
    /// H100 SXM, 80 GB.
    case h100
    /// H200 SXM, 141 GB.
    case h200

    /// From the step of one token, which reads the weights (76 % and 82 % of what the makers of
    /// the first two state).
    var bandwidth: Double {
        switch self {
        case .a100: 1.56e12
        case .h100: 2.75e12
        case .h200: 3.9e12
        }
    }

    /// From the slope of large steps.
    var rate: Double {
        switch self {
        case .a100: 231e12
        case .h100, .h200: 640e12
        }
    }
}

extension Accelerator {
    package static let a100 = Accelerator(
        name: "A100-80GB", measured: .a100, memory: ByteCount(85_000_000_000))
    package static let h100 = Accelerator(
        name: "H100-80GB", measured: .h100, memory: ByteCount(85_000_000_000))
    package static let h200 = Accelerator(
        name: "H200-141GB", measured: .h200, memory: ByteCount(150_000_000_000))

    /// An A100 but for its links, which have 400 GB/s of 600.
    package static let a800 = Accelerator(
        name: "A800-80GB", measured: .a100, linkShare: 400.0 / 600,
        memory: ByteCount(85_000_000_000))
    /// An H100 but for its links, which have 400 GB/s of 900.
    package static let h800 = Accelerator(
        name: "H800-80GB", measured: .h100, linkShare: 400.0 / 900,
        memory: ByteCount(85_000_000_000))

    /// Derived: an A100 with 600 of 2039 GB/s and 125 of 312 TFLOP/s (data sheets). The same rule
    /// made of the A100's tables an A40, which has tables of its own, is off by what
    /// docs/results/simulator.md says.
    package static let a10 = Accelerator(
        name: "A10-24GB", measured: .a100, memoryShare: 600.0 / 2039, arithmeticShare: 125.0 / 312,
        memory: ByteCount(24_150_000_000))
}

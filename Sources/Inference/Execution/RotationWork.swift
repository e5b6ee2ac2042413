#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Cosines and sines of a step's positions; one item is one row. They are computed anew each
/// step: a table of every position of a long context would take more memory than it saves time.
struct RotationWork: PoolWork {
    let positions: UnsafePointer<Int32>
    let frequencies: UnsafeBufferPointer<Double>
    let amplitude: Double
    /// (rows, pairs).
    let cosine: UnsafeMutablePointer<Float>
    let sine: UnsafeMutablePointer<Float>

    func run(_ items: Range<Int>, thread: Int) {
        let pairs = frequencies.count
        for row in items {
            for pair in 0..<pairs {
                let angle = Double(positions[row]) * frequencies[pair]
                cosine[row * pairs + pair] = Float(amplitude * cos(angle))
                sine[row * pairs + pair] = Float(amplitude * sin(angle))
            }
        }
    }
}

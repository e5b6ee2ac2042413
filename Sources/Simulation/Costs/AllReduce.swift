/// Adding up one activation over the devices of an instance: small messages and large ones take
/// different ways.
package struct AllReduce: Hashable, Sendable {
    /// Of one message: two bytes for every element of the hidden state.
    package let bytesPerToken: Double
    package let small: Message
    package let large: Message

    /// The largest message, in bytes, of the small kind: halfway between the largest that was
    /// measured as small (4 MiB) and the smallest that was measured as large (8 MiB).
    static let smallLimit = Double(6 << 20)

    /// Seconds of a message of so many bytes.
    package struct Message: Hashable, Sendable {
        package let floor: Double
        package let base: Double
        package let perByte: Double

        func seconds(_ bytes: Double) -> Double { max(floor, base + perByte * bytes) }
    }

    /// - Parameter share: Of the links that were measured, what these have.
    init(hiddenSize: Int, small: Message, large: Message, share: Double) {
        bytesPerToken = Double(2 * hiddenSize)
        let slow = small.slowed(by: share)
        let fast = large.slowed(by: share)
        self.small = slow
        // Where the two fits meet, more bytes would else take less time.
        self.large = Message(
            floor: max(fast.floor, slow.seconds(Self.smallLimit)), base: fast.base,
            perByte: fast.perByte)
    }

    func seconds(_ tokens: Double) -> Double {
        let bytes = bytesPerToken * tokens
        return bytes <= Self.smallLimit ? small.seconds(bytes) : large.seconds(bytes)
    }
}

extension AllReduce.Message {
    fileprivate func slowed(by share: Double) -> Self {
        Self(floor: floor, base: base, perByte: perByte / share)
    }
}

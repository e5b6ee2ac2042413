import Domain
import Testing

struct UnitsTests {
    @Test(arguments: [
        ("512MiB", 512 << 20), ("4GiB", 4 << 30), ("4g", 4 << 30), ("1.5k", 1536), ("77", 77),
        ("0", 0),
    ])
    func byteCountsAreRead(text: String, bytes: Int) {
        #expect(ByteCount(parsing: text)?.bytes == bytes)
    }

    @Test(arguments: ["", "GiB", "-1", "1x", "1e9999g", "1..2"])
    func otherTextsAreNot(text: String) {
        #expect(ByteCount(parsing: text) == nil)
    }

    @Test(arguments: [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (4 << 30, "4 GiB")])
    func byteCountsAreWritten(bytes: Int, text: String) {
        #expect(ByteCount(bytes).description == text)
    }

    @Test func blocksCoverTokens() {
        #expect([0, 1, 16, 17].map { blocksNeeded(for: $0, blockSize: 16) } == [0, 1, 1, 2])
    }
}

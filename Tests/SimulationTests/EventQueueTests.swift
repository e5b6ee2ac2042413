import Domain
import Simulation
import TestSupport
import Testing

struct EventQueueTests {
    @Test(arguments: 0..<5)
    func eventsComeByTimeThenByTheirTurn(seed: Int) {
        var random = SplitMix64(seed: seed)
        var queue = EventQueue<Int>()
        let times = (0..<200).map { _ in Int64.random(in: 0..<20, using: &random) }
        for (turn, time) in times.enumerated() {
            queue.push(turn, at: Instant(nanoseconds: time))
        }
        #expect(queue.nextTime?.nanoseconds == times.min())
        var order: [Int] = []
        while let (time, turn) = queue.pop() {
            #expect(time.nanoseconds == times[turn])
            order.append(turn)
        }
        #expect(order == times.indices.sorted { (times[$0], $0) < (times[$1], $1) })
        #expect(queue.isEmpty && queue.nextTime == nil)
    }
}

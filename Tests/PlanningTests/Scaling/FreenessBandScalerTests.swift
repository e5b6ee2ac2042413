import Domain
import Planning
import Testing

struct FreenessBandScalerTests {
    private func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }

    private func scaler(least: Int = 1, most: Int = 16) -> FreenessBandScaler {
        var configuration = AutoscalingConfiguration()
        configuration.policy = .freenessBand
        configuration.freenessBand = 10...60
        (configuration.minimumInstances, configuration.maximumInstances) = (least, most)
        return FreenessBandScaler(configuration)
    }

    /// Instances with these freenesses, of which each runs as many sequences as its place says.
    private func view(
        _ freeness: [Double?], draining: Set<Int> = [], starting: Int = 0
    ) -> ScalingView {
        var instances = freeness.enumerated().map { place, freeness in
            ScalableInstance(
                InstanceID(index: place), .mixed, draining.contains(place) ? .draining : .serving,
                batchSize: 256,
                load: freeness.map {
                    .init(interactiveRunning: place, batchRunning: 1, freeness: $0)
                })
        }
        for place in 0..<starting {
            instances.append(
                ScalableInstance(
                    InstanceID(index: 50 + place), .mixed, .starting(ready: at(30)),
                    batchSize: 256, load: nil))
        }
        return ScalingView(instances: instances, loadTime: .seconds(30))
    }

    private func decisions(
        _ scaler: inout FreenessBandScaler, _ view: ScalingView, _ seconds: [Double]
    ) -> [ScalingDecision] {
        seconds.map { scaler.observe(view, at: at($0)) }
    }

    private var more: ScalingDecision { .add(count: 1, .mixed, .freenessLow) }
    private func less(_ id: Int) -> ScalingDecision {
        .remove(InstanceID(index: id), .freenessHigh)
    }

    @Test(arguments: [
        ([9.9, 10], true), ([10, 10], false), ([60, 0], false), ([-100, 30], true),
    ])
    func addsBelowTheBand(freeness: [Double], adds: Bool) {
        var scaler = scaler()
        let found = decisions(&scaler, view(freeness), [0, 9.9, 10, 19.9, 20])
        #expect(
            found == (adds ? [.none, .none, more, .none, more] : .init(repeating: .none, count: 5)))
    }

    /// The one with the fewest sequences goes when the others are above the band without it.
    @Test(arguments: [
        ([0.0, 61, 61], true), ([500, 60, 60], false), ([0, 61, 59], false),
        ([.infinity, 5, .infinity], true), ([61], false),
    ])
    func removesAboveTheBand(freeness: [Double], removes: Bool) {
        var scaler = scaler()
        let found = decisions(&scaler, view(freeness), [0, 9.9, 10, 19.9, 20])
        let none = [ScalingDecision](repeating: .none, count: 5)
        #expect(found == (removes ? [.none, .none, less(0), .none, less(0)] : none))
    }

    @Test func aMomentWithinTheBandStartsThePeriodAnew() {
        var scaler = scaler()
        #expect(decisions(&scaler, view([5, 5]), [0, 9]) == [.none, .none])
        #expect(scaler.observe(view([30, 30]), at: at(9.5)) == .none)
        #expect(decisions(&scaler, view([5, 5]), [10, 19, 20]) == [.none, .none, more])
        #expect(decisions(&scaler, view([90, 90]), [21, 30]) == [.none, .none])
        #expect(scaler.observe(view([30, 30]), at: at(30.5)) == .none)
        #expect(decisions(&scaler, view([90, 90]), [31, 40, 41]) == [.none, .none, less(0)])
    }

    @Test func staysBetweenLeastAndMost() {
        var scaler = scaler(least: 2, most: 3)
        #expect(decisions(&scaler, view([90, 90]), [0, 10, 20]) == [.none, .none, .none])
        #expect(decisions(&scaler, view([1, 1, 1]), [30, 40, 50]) == [.none, .none, .none])
        #expect(
            decisions(&scaler, view([1, 1], starting: 1), [60, 70]) == [.none, .none])
        #expect(
            scaler.observe(view([90]), at: at(80)) == .add(count: 1, .mixed, .belowMinimum))
        #expect(scaler.observe(view([90], starting: 1), at: at(81)) == .none)
    }

    /// A removal can be taken back, which is faster than an addition.
    @Test func callsBackWhatDrains() {
        var scaler = scaler()
        let found = decisions(&scaler, view([1, 5, 5], draining: [0]), [0, 10])
        #expect(found == [.none, .resume(InstanceID(0), .freenessLow)])
    }

    /// C18
    @Test func silenceNeverRemoves() {
        var scaler = scaler()
        #expect(decisions(&scaler, view([90, nil, 90]), [0, 10, 20]) == [.none, .none, .none])
        #expect(decisions(&scaler, view([nil, nil]), [30, 40]) == [.none, .none])
        #expect(decisions(&scaler, view([5, nil]), [50, 60]) == [.none, more])
    }
}

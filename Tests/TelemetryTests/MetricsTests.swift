internal import Domain
internal import Telemetry
internal import Testing

@Suite struct MetricsTests {
    private func render(_ registry: MetricsRegistry) -> String {
        String(decoding: registry.render(), as: UTF8.self)
    }

    @Test func counterText() {
        let registry = MetricsRegistry()
        let counter = registry.counter("a_total", "How\nmany \\.", labels: ["x": "1\"\n\\"])
        counter.increment()
        counter.increment(by: 4)
        counter.increment(by: -9)
        #expect(
            render(registry) == """
                # HELP a_total How\\nmany \\\\.
                # TYPE a_total counter
                a_total{x="1\\"\\n\\\\"} 5

                """)
    }

    @Test func gaugeText() {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("g", "G.")
        for (value, text) in [(0.25, "0.25"), (.infinity, "+Inf"), (.nan, "NaN"), (-3, "-3.0")] {
            gauge.set(value)
            #expect(render(registry).hasSuffix("g \(text)\n"))
        }
    }

    @Test func histogramText() {
        let registry = MetricsRegistry()
        let histogram = registry.histogram("h", "H.", bounds: [0.5, 1], labels: ["m": "n"])
        for value in [0.5, 0.6, 1, 7, .nan] { histogram.observe(value) }
        #expect(
            render(registry) == """
                # HELP h H.
                # TYPE h histogram
                h_bucket{m="n",le="0.5"} 1
                h_bucket{m="n",le="1.0"} 3
                h_bucket{m="n",le="+Inf"} 4
                h_sum{m="n"} 9.1
                h_count{m="n"} 4

                """)
    }

    @Test(arguments: 0..<20)
    func bucketsAgreeWithCounting(seed: UInt64) {
        var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
        let bounds = MetricBuckets.interToken
        let histogram = Histogram(bounds: bounds)
        var values: [Double] = []
        for _ in 0..<200 {
            state = state &* 2_862_933_555_777_941_757 &+ 3_037_000_493
            let onBound = bounds[Int(state >> 32) % bounds.count]
            let value = state >> 60 == 0 ? onBound : Double(state >> 40) / 2e5
            values.append(value)
            histogram.observe(value)
        }
        let expected = (bounds + [.infinity]).map { bound in
            UInt64(values.count { $0 <= bound })
        }
        #expect(histogram.snapshot.cumulative == expected)
    }

    @Test func concurrentRecordingLosesNothing() async {
        let counter = Counter()
        let family = CounterFamily()
        let histogram = Histogram(bounds: [1])
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        family.increment(["w": String(worker % 2)])
                        histogram.observe(1)
                    }
                }
            }
        }
        #expect(counter.value == 4000)
        #expect(Set(family.series.map(\.value)) == [2000])
        #expect(histogram.snapshot.sum == 4000)
    }

    @Test func tokenBuckets() {
        #expect(MetricBuckets.tokens(upTo: 100) == [1, 2, 5, 10, 20, 50, 100])
        #expect(MetricBuckets.tokens(upTo: 99).last == 50)
        #expect(MetricBuckets.tokens(upTo: 0) == [1])
    }
}

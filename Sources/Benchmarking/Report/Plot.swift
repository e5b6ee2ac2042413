/// A picture with two axes, drawn as SVG. Colours are classes of the page's style, so that one
/// picture serves a light and a dark page.
struct Plot {
    /// A line, or the upper edge of an area.
    struct Series {
        var name: String
        /// Class of the page's style: `s0` … `s7`, or a kind of memory.
        var style: String
        var isDashed = false
        /// A new inner list where the line breaks.
        var strokes: [[Point]]
    }

    struct Point: Hashable {
        var x: Double
        var y: Double
    }

    /// A moment worth seeing.
    struct Marker {
        var x: Double
        var style: String
        var title: String
        /// A short tick at the top rather than a line across.
        var isTick = false
    }

    /// An invisible column that shows a text when the pointer is on it.
    struct Hint {
        var low: Double
        var high: Double
        var title: String
    }

    var label: String
    var width = 560.0
    var height = 260.0
    var xAxis: Axis
    var yAxis: Axis
    var xName: String
    var xText: (Double) -> String = NumberText.compact
    var yText: (Double) -> String = NumberText.compact
    var series: [Series] = []
    /// Series are stacked on each other from the bottom and filled; they share their x values.
    var isStacked = false
    var markers: [Marker] = []
    var hints: [Hint] = []

    /// Room around the drawing for what is written beside it.
    private let left = 54.0
    private let right = 14.0
    private let top = 12.0
    private let bottom = 38.0

    init(label: String, xAxis: Axis, yAxis: Axis, xName: String) {
        self.label = label
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.xName = xName
    }
}

// MARK: - Drawing

extension Plot {
    var svg: String {
        var svg =
            "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\" "
            + "aria-label=\"\(label.escapedForHTML)\">"
        svg += grid
        svg += isStacked ? areas : lines
        svg += hints.map(draw).joined()
        svg += markers.map(draw).joined()
        return svg + "</svg>"
    }

    private func x(_ value: Double) -> Double {
        left + xAxis.position(value) * (width - left - right)
    }

    private func y(_ value: Double) -> Double {
        height - bottom - yAxis.position(value) * (height - top - bottom)
    }

    private func number(_ value: Double) -> String { NumberText.fixed(value, 1) }

    private var grid: String {
        let (plotRight, plotBottom) = (number(width - right), number(height - bottom))
        var svg = ""
        for tick in yAxis.ticks {
            let at = number(y(tick))
            svg += "<path class=\"grid\" d=\"M\(number(left)) \(at)H\(plotRight)\"/>"
            svg += text(yText(tick), x: left - 7, y: y(tick) + 3.5, anchor: "end")
        }
        for tick in xAxis.ticks {
            let at = number(x(tick))
            svg += "<path class=\"grid\" d=\"M\(at) \(number(top))V\(plotBottom)\"/>"
            svg += text(xText(tick), x: x(tick), y: height - bottom + 15, anchor: "middle")
        }
        svg += "<path class=\"axis\" d=\"M\(number(left)) \(plotBottom)H\(plotRight)\"/>"
        let middle = left + (width - left - right) / 2
        return svg + text(xName, x: middle, y: height - 5, anchor: "middle")
    }

    private func text(_ text: String, x: Double, y: Double, anchor: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">"
            + text.escapedForHTML + "</text>"
    }

    private var lines: String {
        series.map { series in
            let path = series.strokes.map(path).joined()
            let dash = series.isDashed ? " dash" : ""
            return "<path class=\"line \(series.style)\(dash)\" d=\"\(path)\"/>"
        }.joined()
    }

    /// A lone point becomes a short dash, which a line of no length would not be.
    private func path(_ points: [Point]) -> String {
        guard points.count > 1 else {
            return points.map { "M\(number(x($0.x) - 1.5)) \(number(y($0.y)))h3" }.joined()
        }
        let places = points.map { "\(number(x($0.x))) \(number(y($0.y)))" }
        return "M" + places.joined(separator: "L")
    }

    private var areas: String {
        var svg = ""
        let points = series.map { $0.strokes.flatMap { $0 } }
        var floor = [Double](repeating: 0, count: points.map(\.count).min() ?? 0)
        for (series, points) in zip(series, points) {
            let ceiling = zip(floor, points).map { $0 + $1.y }
            let upper = zip(points, ceiling).map { "\(number(x($0.x))) \(number(y($1)))" }
            let lower = zip(points, floor).map { "\(number(x($0.x))) \(number(y($1)))" }
            if upper.count > 1 {
                let path = (upper + lower.reversed()).joined(separator: "L")
                svg += "<path class=\"area \(series.style)\" d=\"M\(path)Z\"/>"
            }
            floor = ceiling
        }
        return svg
    }

    private func draw(_ marker: Marker) -> String {
        let end = marker.isTick ? top + 11 : height - bottom
        let path = "d=\"M\(number(x(marker.x))) \(number(top))V\(number(end))\""
        // The second, invisible path is wide enough to be pointed at.
        return "<g class=\"marker \(marker.style)\"><title>\(marker.title.escapedForHTML)</title>"
            + "<path \(path)/><path class=\"hit\" \(path)/></g>"
    }

    private func draw(_ hint: Hint) -> String {
        let (low, high) = (x(hint.low), x(hint.high))
        return "<rect class=\"hint\" x=\"\(number(low))\" y=\"\(number(top))\" "
            + "width=\"\(number(max(0.5, high - low)))\" "
            + "height=\"\(number(height - top - bottom))\">"
            + "<title>\(hint.title.escapedForHTML)</title></rect>"
    }
}

/// A line on standard error that fills up; nothing at all when nobody watches a terminal.
struct ProgressBar {
    private let label: String
    private var shown = -1

    init(label: String) {
        self.label = label
    }

    /// Shows `done` of `total`; the line ends when all is done.
    mutating func show(_ done: Int, of total: Int) {
        guard Terminal.isErrorWatched, total > 0 else { return }
        let percent = min(100, done * 100 / total)
        guard percent != shown else { return }
        shown = percent
        let filled = percent * 32 / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 32 - filled)
        Terminal.writeError("\r\(label) \(bar) \(percent) %" + (percent == 100 ? "\n" : ""))
    }
}

/// What the page does. The parts share one scope and are joined in this order; each says what it
/// owns. Text from the server only ever becomes text, never markup.
enum DashboardScript {
    static let text = [
        "(() => {\n\"use strict\";", tools, connection, charts, summary, cards, events, commands,
        whatIf, start, "})();",
    ].joined(separator: "\n")

    /// Small things: elements, and numbers for people.
    private static let tools = #"""
        const byID = (id) => document.getElementById(id);

        function make(tag, className, text) {
          const node = document.createElement(tag);
          if (className) node.className = className;
          if (text !== undefined) node.textContent = text;
          return node;
        }

        function setText(node, text) {
          if (node.textContent !== text) node.textContent = text;
        }

        function setTone(node, tone) {
          if (tone) node.dataset.tone = tone; else delete node.dataset.tone;
        }

        const sum = (list, value) => list.reduce((total, item) => total + value(item), 0);
        const whole = (value) => Math.round(value).toLocaleString("en");
        const plural = (count, one, many) => `${whole(count)} ${count === 1 ? one : many}`;
        const trimmed = (value, digits) => String(Number(value.toFixed(digits)));

        function showBytes(bytes) {
          const units = ["B", "KiB", "MiB", "GiB", "TiB"];
          let unit = 0;
          while (unit < units.length - 1 && bytes >= 1024 ** (unit + 1)) unit += 1;
          const value = bytes / 1024 ** unit;
          return `${value >= 100 ? whole(value) : trimmed(value, 1)} ${units[unit]}`;
        }

        function showTime(ms) {
          if (ms === null || ms === undefined) return "–";
          if (ms < 10) return `${trimmed(ms, ms < 1 ? 2 : 1)} ms`;
          if (ms < 1000) return `${Math.round(ms)} ms`;
          return ms < 60000 ? `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s` : showClock(ms / 1000);
        }

        function showClock(seconds) {
          const s = Math.max(0, Math.floor(seconds));
          const two = (value) => String(value).padStart(2, "0");
          const hours = Math.floor(s / 3600);
          const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
          if (hours < 24) return hours ? `${hours}:${rest}` : rest;
          return `${Math.floor(hours / 24)} d ${hours % 24} h`;
        }

        function showAge(seconds) {
          if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s ago`;
          if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
          return `${Math.floor(seconds / 3600)} h ago`;
        }

        const showTick = (ms) =>
          (ms < 1000 ? `${trimmed(ms, 1)} ms` : `${trimmed(ms / 1000, 1)} s`);

        /// `[0, 4]` as people count: layers 0–3.
        function showLayers([from, to]) {
          if (to <= from) return "no layers";
          return to - from === 1 ? `layer ${from}` : `layers ${from}–${to - 1}`;
        }

        /// Good news, bad news, or a change of memory, by the name of an event.
        function toneOf(kind) {
          if (/fail|refus|abort|no_drop|reject|lost/.test(kind)) return "bad";
          if (/preempt|swap|load|pressure/.test(kind)) return "warn";
          if (/restore/.test(kind)) return "good";
          if (/drop|exchange|reclaim|relocat|migrat|scale/.test(kind)) return "cool";
          return "";
        }

        const nameOf = (kind) => kind.replaceAll("_", " ");
        """#

    /// The last act: everything is defined, so begin.
    private static let start = #"""
        wireCommands();
        wireWhatIf();
        wireCharts();
        byID("key-button").addEventListener("click", async () => {
          const given = await askKey("Sent with every request of this page, and kept until the tab "
            + "is closed.");
          if (given) reconnectNow();
        });
        setInterval(showLink, 500);
        follow();
        """#
}

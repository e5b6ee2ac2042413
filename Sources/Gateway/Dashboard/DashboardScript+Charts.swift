extension DashboardScript {
    /// Line charts over the last minutes, drawn as SVG paths, and what the pointer shows of them.
    static let charts = #"""
        const longest = 240;
        const history = [];
        let pointed = null;

        function remember(snapshot) {
          const last = history.at(-1);
          if (last && snapshot.time < last.time) {
            // Another server answers now.
            history.length = 0;
            wholeWeights = 0;
            setText(byID("model"), "");
            showModel();
          }
          const memory = snapshot.instances.map((instance) => instance.memory);
          const used = sum(memory, (m) => m.kv_used);
          history.push({
            time: snapshot.time, waiting: snapshot.waiting, running: snapshot.running,
            p50: snapshot.ttft_p50_ms, p99: snapshot.ttft_p99_ms, used,
            capacity: used + sum(memory, (m) => m.kv_cached + m.kv_free),
          });
          while (history[0].time < snapshot.time - longest - 2) history.shift();
        }

        /// Seconds that the charts show: more as there is more to show.
        function spanNow() {
          const known = history.at(-1).time - history[0].time;
          return [60, 120].find((span) => known <= span) || longest;
        }

        function niceCeiling(value, least) {
          const target = Math.max(value, least);
          const power = 10 ** Math.floor(Math.log10(target));
          const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
          return steps.find((step) => step * power >= target * (1 - 1e-9)) * power;
        }

        function niceBytes(value) {
          let unit = 1;
          while (value >= unit * 1024) unit *= 1024;
          return niceCeiling(value / unit, 1) * unit;
        }

        /// A path through `points` ([x, y], or null for a gap) in a square of 1000 by 1000.
        function pathOf(points, range, top, closed) {
          const x = (value) => ((value - range[0]) / (range[1] - range[0]) * 1000).toFixed(1);
          const y = (value) => (1000 - Math.min(value / top, 1) * 1000).toFixed(1);
          let path = "";
          let run = [];
          const end = () => {
            if (run.length) {
              const line = run.map(([a, b]) => `${x(a)} ${y(b)}`).join("L");
              path += closed ? `M${x(run[0][0])} 1000L${line}L${x(run.at(-1)[0])} 1000Z`
                : `M${line}${run.length === 1 ? "h.1" : ""}`;
            }
            run = [];
          };
          for (const point of points) { if (point) run.push(point); else end(); }
          end();
          return path;
        }

        /// - series: [{ name, points, area }]; marks: [{ x, tone, title }]
        function draw(plot, { range, top, label, series, marks, ends }) {
          let parts = plot.parts;
          if (!parts) {
            plot.innerHTML = '<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" '
              + 'aria-hidden="true"><path class="grid" d="M0 0H1000M0 500H1000M0 1000H1000"/>'
              + series.map((s) => (s.area ? `<path class="area ${s.name}"/>` : "")
                + `<path class="line ${s.name}"/>`).join("") + "</svg>";
            parts = { marks: make("div"), cursor: make("div", "cursor"),
              y: make("span", "y high") };
            parts.cursor.hidden = true;
            parts.cursor.append(make("span"));
            plot.append(parts.marks, parts.cursor, parts.y, make("span", "y low", "0"));
            parts.x = ["left", "middle", "right"].map((side) => make("span", `x ${side}`));
            plot.append(...parts.x);
            plot.parts = parts;
          }
          ends.forEach((text, at) => setText(parts.x[at], text));
          setText(parts.y, label);
          for (const one of series) {
            const area = plot.querySelector(`.area.${one.name}`);
            if (area) area.setAttribute("d", pathOf(one.points, range, top, true));
            plot.querySelector(`.line.${one.name}`)
              .setAttribute("d", pathOf(one.points, range, top, false));
          }
          const wanted = marks.map(({ x, tone, title }) => {
            const mark = make("span", "mark");
            setTone(mark, tone);
            mark.style.left = `${(x - range[0]) / (range[1] - range[0]) * 100}%`;
            mark.title = title;
            return mark;
          });
          parts.marks.replaceChildren(...wanted);
        }

        /// Points of one value, broken where nothing was heard for a while.
        function points(value) {
          const list = [];
          history.forEach((entry, index) => {
            if (index && entry.time - history[index - 1].time > 3) list.push(null);
            list.push(entry[value] === null ? null : [entry.time, entry[value]]);
          });
          return list;
        }

        const largest = (...values) => Math.max(0, ...history.flatMap(
          (entry) => values.map((value) => entry[value] || 0)));

        function drawHistory() {
          if (!history.length) return;
          const [now, span] = [history.at(-1).time, spanNow()];
          const ago = (seconds) => (seconds < 60 ? `−${seconds} s` : `−${seconds / 60} min`);
          const frame = { range: [now - span, now], marks: recentMarks(now - span), series: [],
            ends: [ago(span), ago(span / 2), "now"] };
          const requests = niceCeiling(largest("waiting", "running"), 5);
          draw(byID("c-waiting"), { ...frame, top: requests, label: whole(requests), series: [
            { name: "running", points: points("running") },
            { name: "waiting", points: points("waiting"), area: true }] });
          const slowest = niceCeiling(largest("p99", "p50"), 10);
          draw(byID("c-ttft"), { ...frame, top: slowest, label: showTick(slowest), series: [
            { name: "p50", points: points("p50") },
            { name: "p99", points: points("p99"), area: true }] });
          const bytes = niceBytes(largest("capacity") || 1);
          draw(byID("c-kv"), { ...frame, top: bytes, label: showBytes(bytes), series: [
            { name: "used", points: points("used"), area: true },
            { name: "capacity", points: points("capacity") }] });
          readOut();
        }

        /// The numbers under the pointer, or those of now.
        function readOut() {
          const now = history.at(-1);
          if (!now) return;
          const at = pointed === null ? now.time : now.time - (1 - pointed) * spanNow();
          const entry = history.reduce((best, one) =>
            Math.abs(one.time - at) < Math.abs(best.time - at) ? one : best);
          const texts = {
            waiting: whole(entry.waiting), running: whole(entry.running),
            p99: showTime(entry.p99), p50: showTime(entry.p50),
            used: showBytes(entry.used), capacity: showBytes(entry.capacity),
          };
          for (const name of Object.keys(texts)) setText(byID(`r-${name}`), texts[name]);
          const names = {
            waiting: `${whole(now.waiting)} waiting and ${whole(now.running)} running now, at most `
              + `${whole(largest("waiting"))} waiting in the last minutes`,
            ttft: `Time to the first token: ${showTime(now.p99)} at the 99th percentile now, at `
              + `most ${showTime(largest("p99"))} in the last minutes`,
            kv: `${showBytes(now.used)} of ${showBytes(now.capacity)} of KV memory in use`,
          };
          for (const name of Object.keys(names)) {
            const plot = byID(`c-${name}`);
            plot.setAttribute("aria-label", names[name]);
            if (!plot.parts) continue;
            const { cursor } = plot.parts;
            cursor.hidden = pointed === null;
            cursor.classList.toggle("flip", pointed > 0.7);
            cursor.style.left = `${(pointed || 0) * 100}%`;
            setText(cursor.firstChild, showAge(now.time - entry.time));
          }
        }

        function wireCharts() {
          const point = (fraction) => {
            pointed = fraction === null ? null : Math.min(1, Math.max(0, fraction));
            readOut();
          };
          for (const name of ["c-waiting", "c-ttft", "c-kv"]) {
            const plot = byID(name);
            plot.addEventListener("pointermove", (event) => {
              const box = plot.getBoundingClientRect();
              point((event.clientX - box.left) / box.width);
            });
            plot.addEventListener("pointerleave", () => point(null));
            plot.addEventListener("blur", () => point(null));
            plot.addEventListener("keydown", (event) => {
              const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
              if (event.key === "Escape") point(null);
              if (!step) return;
              event.preventDefault();
              point((pointed === null ? 1 : pointed) + step);
            });
          }
        }
        """#
}

extension DashboardScript {
    /// Imagined requests: described with sliders or pasted, and the server's prediction.
    static let whatIf = #"""
        const maxArrivals = 10000;

        /// Sliders that go from small to large in equal ratios.
        const steps = (low, high) => (position) => low * (high / low) ** (position / 60);
        const sliders = {
          rate: { value: steps(0.2, 200), show: (v) => `${trimmed(v, v < 10 ? 1 : 0)} per s` },
          seconds: { value: (position) => position, show: (v) => `${v} s` },
          input: { show: (v) => `${whole(v)} tokens` },
          output: { show: (v) => `${whole(v)} tokens` },
        };
        const slider = (name) => sliders[name].value(Number(byID(`w-${name}`).value));

        /// Prompt and answer together fit the model.
        function scaleSliders(length) {
          const scale = (share) => (position) =>
            Math.round(steps(1, Math.max(1, Math.floor(length * share)))(position));
          sliders.input.value = scale(0.75);
          sliders.output.value = scale(0.25);
          showForm();
        }

        /// The same arrivals for the same sliders: chance with a fixed seed.
        function burst() {
          const [rate, seconds] = [slider("rate"), slider("seconds")];
          let state = 42;
          const chance = () => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return (state + 1) / 4294967297;
          };
          const list = [];
          for (let time = 0; list.length <= maxArrivals;) {
            time -= Math.log(chance()) / rate;
            if (time > seconds) break;
            list.push({ arrival_s: Number(time.toFixed(4)), input_tokens: slider("input"),
              output_tokens: slider("output") });
          }
          return list;
        }

        function pasted() {
          const list = [];
          byID("w-csv").value.split(/\r?\n/).forEach((line, index) => {
            if (!line.trim() || (index === 0 && /[a-z]/i.test(line))) return;
            const [time, input, output, ...more] = line.split(/[,;\t]/).map((v) => v.trim());
            const isNumber = (text) => text !== undefined && text !== "" && isFinite(Number(text));
            if (more.length || ![time, input, output].every(isNumber)) {
              throw new Error(`Line ${index + 1} is not "seconds, tokens, tokens".`);
            }
            list.push({ arrival_s: Number(time), input_tokens: Number(input),
              output_tokens: Number(output) });
          });
          return list;
        }

        const isPasting = () => byID("ask-form").elements.mode.value === "csv";

        function arrivals() {
          const list = isPasting() ? pasted() : burst();
          if (!list.length) throw new Error("There is no request to simulate.");
          if (list.length > maxArrivals) {
            throw new Error(`At most ${whole(maxArrivals)} requests can be simulated at once.`);
          }
          return list;
        }

        function showForm() {
          byID("burst").hidden = isPasting();
          byID("csv").hidden = !isPasting();
          for (const name of Object.keys(sliders)) {
            const text = sliders[name].show(slider(name));
            byID(`w-${name}`).nextElementSibling.value = text;
            byID(`w-${name}`).setAttribute("aria-valuetext", text);
          }
          try {
            setText(byID("w-count"), `${plural(arrivals().length, "request", "requests")}`
              + (isPasting() ? "" : ", at random times"));
          } catch (error) {
            setText(byID("w-count"), isPasting() && !byID("w-csv").value.trim() ? ""
              : error.message);
          }
        }

        function wireWhatIf() {
          byID("ask-form").addEventListener("input", showForm);
          byID("ask-form").addEventListener("submit", (event) => {
            event.preventDefault();
            simulate();
          });
          scaleSliders(4096);
        }

        async function simulate() {
          const button = byID("w-ask");
          const place = byID("answer");
          const say = (className, text) => place.replaceChildren(make("p", className, text));
          button.disabled = true;
          try {
            const body = JSON.stringify({ arrivals: arrivals() });
            say("dim", "Simulating…");
            const answer = await requestWithKey("/v1/cluster/what-if", {
              method: "POST", body, headers: { "Content-Type": "application/json" },
            });
            showAnswer(place, await answer.json());
          } catch (error) {
            say("bad", error instanceof TypeError ? "The server did not answer." : error.message);
          }
          button.disabled = false;
        }

        function leadOf(answer) {
          const demand = `${Math.round(answer.peak_demand * 100)} % of the KV memory`;
          const count = (kind) => answer.events.filter((event) => event.kind === kind).length;
          const drops = count("drop_finished") || count("drop_started");
          const times = drops === 1 ? "once" : `${whole(drops)} times`;
          const verdict = drops ? `parameters are dropped ${times}`
            : answer.peak_demand > 1 ? "an overload without a drop" : "no drop is needed";
          const rejected = answer.rejected ? `, ${whole(answer.rejected)} rejected` : "";
          return `At its peak the demand is ${demand}: ${verdict}${rejected}.`;
        }

        function showAnswer(place, answer) {
          const table = make("table");
          const row = (kind, cells) => {
            const line = make("tr");
            cells.forEach((text, index) => {
              const cell = make(index && kind === "td" ? "td" : "th", "", text);
              if (cell.tagName === "TH") cell.scope = kind === "td" ? "row" : "col";
              line.append(cell);
            });
            return line;
          };
          const spread = (name, times) => row("td", [name, ...["p50", "p90", "p99", "max"].map(
            (key) => showTime(times && times[key]))]);
          const [head, rows] = [make("thead"), make("tbody")];
          head.append(row("th", [plural(answer.requests, "request", "requests"), "p50", "p90",
            "p99", "max"]));
          rows.append(spread("Time in the queue", answer.queue_ms),
            spread("Time to first token", answer.ttft_ms));
          table.append(head, rows);
          const events = make("ol");
          events.append(...answer.events.slice(0, 100).map((event) => {
            const item = make("li");
            item.append(make("time", "", `${trimmed(event.time_s, 2)} s`),
              make("b", "", nameOf(event.kind)), make("span", "", event.message));
            setTone(item, toneOf(event.kind));
            return item;
          }));
          place.replaceChildren(make("p", "lead", leadOf(answer)), table, drawAnswer(answer),
            events);
        }

        /// Two charts over the predicted seconds: KV blocks, and requests that wait.
        function drawAnswer(answer) {
          const both = make("div", "pair");
          const { waiting, running, used_blocks: used, total_blocks: total } = answer.timeline;
          if (!total.length) return both;
          const end = Math.max(1, total.length - 1);
          const frame = {
            range: [0, end], ends: ["now", `${trimmed(end / 2, 1)} s`, `${end} s`],
            marks: answer.events.filter((event) => event.time_s <= end
              && /drop|restore/.test(event.kind)).slice(0, 24).map((event) => ({
              x: event.time_s, tone: toneOf(event.kind),
              title: `${nameOf(event.kind)}: ${event.message}` })),
          };
          const points = (list) => list.map((value, second) => [second, value]);
          const add = (keys, text, label, chart) => {
            const [figure, caption, plot] = [make("figure"), make("figcaption"),
              make("div", "plot")];
            const title = make("span");
            for (const [name, words] of keys) title.append(make("i", `key ${name}`), words + " ");
            caption.append(title, make("output", "", text));
            plot.setAttribute("role", "img");
            plot.setAttribute("aria-label", label);
            figure.append(caption, plot);
            both.append(figure);
            draw(plot, { ...frame, ...chart });
          };
          const blocks = niceCeiling(Math.max(...total, ...used), 1);
          const usedMost = whole(Math.max(...used));
          add([["used", "KV blocks in use"], ["capacity", "there are"]], `at most ${usedMost}`,
            `At most ${usedMost} KV blocks in use.`, { top: blocks, label: whole(blocks), series: [
              { name: "used", points: points(used), area: true },
              { name: "capacity", points: points(total) }] });
          const requests = niceCeiling(Math.max(...waiting, ...running), 5);
          const waitingMost = whole(Math.max(...waiting));
          add([["waiting", "waiting"], ["running", "running"]], `at most ${waitingMost} waiting`,
            `At most ${waitingMost} requests wait.`, { top: requests, label: whole(requests),
              series: [{ name: "running", points: points(running) },
                { name: "waiting", points: points(waiting), area: true }] });
          return both;
        }
        """#
}

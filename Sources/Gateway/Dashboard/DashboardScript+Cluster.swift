extension DashboardScript {
    /// The state in one sentence, and the tiles.
    static let summary = #"""
        let latest = null;
        let wholeWeights = 0;

        function show(snapshot) {
          latest = snapshot;
          remember(snapshot);
          setText(byID("policy"), snapshot.policy);
          setText(byID("uptime"), showClock(snapshot.time));
          showVerdict(snapshot);
          showTiles(snapshot);
          showGroups(snapshot);
          showAges();
          drawHistory();
        }

        const layerCount = (snapshot) =>
          Math.max(0, ...snapshot.instances.map((instance) => instance.layers[1]));
        const isMissing = (instance, layers) => !instance.embedding || !instance.head
          || instance.layers[1] - instance.layers[0] < layers;
        /// Instances that serve: those that start or could be started hold nothing.
        const present = (snapshot) => snapshot.instances.filter((instance) =>
          instance.phase !== "absent" && instance.phase !== "starting");
        const instanceNames = (list) => (list.length === 1 ? "Instance " : "Instances ")
          + list.map((instance) => instance.id).join(", ").replace(/, (\d+)$/, " and $1");

        function showVerdict(snapshot) {
          const { groups } = snapshot;
          const instances = present(snapshot);
          const starting = snapshot.instances.filter((one) => one.phase === "starting");
          const layers = layerCount(snapshot);
          const inPhase = (phase) => instances.filter((instance) => instance.phase === phase);
          const missing = instances.filter((instance) => isMissing(instance, layers));
          const pipelines = groups.filter((group) => group.stages.length > 1
            && group.phase === "serving");
          let [tone, title, detail] = ["good", "Every instance holds the whole model",
            `${plural(instances.length, "instance serves", "instances serve")} alone, `
            + "each with its own KV."];
          if (inPhase("changing").length || groups.some((group) => group.phase === "frozen")) {
            [tone, title] = ["warn", "Memory is changing hands"];
            const changing = inPhase("changing");
            detail = `${instanceNames(changing.length ? changing : instances)}: `
              + "pages move between parameters and KV. Requests go on in a moment.";
          } else if (inPhase("restoring").length) {
            [tone, title] = ["cool", "Dropped parameters are coming back"];
            detail = `${instanceNames(inPhase("restoring"))}: units load while requests run.`;
          } else if (missing.length) {
            [tone, title] = ["cool", "Serving with dropped parameters"];
            const hold = missing.length === 1 ? "holds a part" : "each hold a part";
            detail = `${instanceNames(missing)} ${hold} of the model to have more room for KV; `
              + `${plural(pipelines.length, "pipeline executes", "pipelines execute")} requests.`;
          }
          if (starting.length) {
            const verb = starting.length === 1 ? "is" : "are";
            detail += ` ${instanceNames(starting)} ${verb} starting.`;
          }
          if (inPhase("draining").length) {
            [tone, title] = ["warn", `${instanceNames(inPhase("draining"))} `
              + `${inPhase("draining").length === 1 ? "is" : "are"} draining`];
            detail = "Nothing new goes there; what runs moves away or ends.";
          }
          if (snapshot.waiting > snapshot.running && snapshot.waiting > 4) {
            detail = `${whole(snapshot.waiting)} requests wait for memory. ` + detail;
            if (tone === "good") [tone, title] = ["warn", "More demand than memory"];
          }
          setTone(byID("verdict"), tone);
          setText(byID("verdict-title"), title);
          setText(byID("verdict-detail"), detail);
        }

        function showTiles(snapshot) {
          const { groups } = snapshot;
          const instances = present(snapshot);
          const layers = layerCount(snapshot);
          const { used, capacity } = history.at(-1);
          const copies = layers * instances.length;
          const held = sum(instances, (one) => one.layers[1] - one.layers[0]);
          const steps = sum(groups, (group) => group.steps_in_flight);
          const stalled = sum(groups, (group) => group.stalled);
          const complete = instances.find((one) => !isMissing(one, layers));
          if (complete) wholeWeights = complete.memory.weights;
          const lent = sum(instances, (one) => Math.max(0, wholeWeights - one.memory.weights));
          const tile = (name, value, sub) => {
            setText(byID(`n-${name}`), value);
            setText(byID(`s-${name}`), sub);
          };
          tile("running", whole(snapshot.running), plural(steps, "step", "steps") + " in flight");
          tile("waiting", whole(snapshot.waiting),
            stalled ? `${whole(stalled)} stalled` : "none stalled");
          tile("ttft", showTime(snapshot.ttft_p50_ms), `p99 ${showTime(snapshot.ttft_p99_ms)}`);
          tile("tpot", showTime(snapshot.tpot_p50_ms), `p99 ${showTime(snapshot.tpot_p99_ms)}`);
          tile("kv", capacity ? `${Math.round(used / capacity * 100)} %` : "–",
            `${showBytes(used)} of ${showBytes(capacity)}`);
          const gone = `${whole(copies - held)} of ${whole(copies)} layer copies`;
          // What the whole model weighs is known once an instance has been seen with it.
          const known = lent > 0 ? showBytes(lent) : `${plural(copies - held, "layer", "layers")}`;
          tile("dropped", copies === held ? "none" : known, gone);
        }
        """#

    /// Groups as boxes around their instances' cards, in the order in which a step passes them.
    static let cards = #"""
        const cardOf = new Map();
        const boxOf = new Map();
        let shape = "";

        const parts = [
          ["weights", "weights", "Weights"], ["workspace", "workspace", "Workspace"],
          ["used", "kv_used", "KV in use"], ["cached", "kv_cached", "KV cached"],
          ["free", "kv_free", "KV free"], ["spare", "spare", "Spare"],
        ];

        /// Where each instance is drawn: an instance may be in a group that closes, too.
        function homes(snapshot) {
          const rank = { serving: 3, frozen: 2, forming: 1, closing: 0 };
          const home = new Map();
          for (const group of snapshot.groups) {
            for (const { instance } of group.stages) {
              const other = home.get(instance);
              if (!other || rank[group.phase] >= rank[other.phase]) home.set(instance, group);
            }
          }
          return home;
        }

        function showGroups(snapshot) {
          const home = homes(snapshot);
          const isDrawn = (group) => group.stages.some((s) => home.get(s.instance) === group);
          const first = (group) => Math.min(...group.stages.map((s) => s.instance));
          const drawn = snapshot.groups.filter(isDrawn).sort((a, b) => first(a) - first(b));
          const shown = snapshot.instances.filter((one) => one.phase !== "absent");
          const lonely = shown.filter((one) => !home.has(one.id));
          const isHere = (stage, group) => home.get(stage.instance) === group;
          const next = JSON.stringify([drawn.map((group) =>
            [group.id, group.stages.map((s) => [s.instance, isHere(s, group)])]),
            lonely.map((one) => one.id), shown.map((one) => one.id)]);
          if (next !== shape) arrange(drawn, lonely, isHere, shown);
          shape = next;
          for (const group of drawn) fillBox(boxOf.get(group.id), group);
          const layers = layerCount(snapshot);
          for (const instance of shown) {
            const group = home.get(instance.id);
            const stage = group && group.stages.find((s) => s.instance === instance.id);
            fillCard(cardOf.get(instance.id), instance, layers, stage);
          }
          showPassing(snapshot.groups.filter((group) => !isDrawn(group)),
            snapshot.instances.filter((one) => one.phase === "absent"));
        }

        function arrange(drawn, lonely, isHere, instances) {
          for (const id of cardOf.keys()) {
            if (!instances.some((one) => one.id === id)) cardOf.delete(id);
          }
          for (const { id } of instances) if (!cardOf.has(id)) cardOf.set(id, makeCard(id));
          boxOf.clear();
          const boxes = drawn.map((group) => {
            const box = makeBox(group);
            boxOf.set(group.id, box);
            group.stages.forEach((stage, index) => {
              if (index) {
                const arrow = make("span", "arrow", "→");
                arrow.setAttribute("role", "img");
                arrow.setAttribute("aria-label", "hands on to");
                box.stages.append(arrow);
              }
              box.stages.append(isHere(stage, group) ? cardOf.get(stage.instance).root
                : make("p", "card dim", `Instance ${stage.instance}, see its other group`));
            });
            return box.root;
          });
          const rest = lonely.map((one) => {
            const root = make("section", "group");
            root.append(make("header", "", "In no group"), cardOf.get(one.id).root);
            return root;
          });
          byID("groups").replaceChildren(...boxes, ...rest);
        }

        function makeBox(group) {
          const root = make("section", "group");
          const box = { root, badge: make("span", "badge"), numbers: make("span"),
            meter: make("i"), blocks: make("span"), stages: make("div", "stages") };
          const count = group.stages.length;
          const title = make("h3", "", `Group ${group.id}`);
          const meter = make("span", "meter");
          const blocks = make("span", "blocks");
          const header = make("header");
          box.numbers.className = "numbers";
          root.classList.toggle("pipeline", count > 1);
          root.style.setProperty("--stages", count);
          root.setAttribute("aria-label", `Group ${group.id}`);
          meter.append(box.meter);
          blocks.append(meter, box.blocks);
          header.append(title, box.badge, blocks, box.numbers);
          root.append(header, box.stages);
          return box;
        }

        function fillBox(box, group) {
          const count = group.stages.length;
          setText(box.badge, count > 1 ? `${group.phase} · pipeline of ${count}` : group.phase);
          setTone(box.badge, group.phase === "serving" ? (count > 1 ? "cool" : "good") : "warn");
          const numbers = [`${whole(group.running)} running`, `${whole(group.waiting)} waiting`];
          if (group.stalled) numbers.push(`${whole(group.stalled)} stalled`);
          numbers.push(`${plural(group.steps_in_flight, "step", "steps")} in flight`);
          setText(box.numbers, numbers.join(" · "));
          const share = group.total_blocks ? group.used_blocks / group.total_blocks : 0;
          box.meter.style.width = `${Math.min(100, share * 100)}%`;
          setText(box.blocks, `${whole(group.used_blocks)} of ${whole(group.total_blocks)} blocks`);
        }

        function showPassing(groups, absent) {
          const texts = groups.map((group) => {
            const ids = group.stages.map((s) => ({ id: s.instance }));
            const place = `Group ${group.id} is ${group.phase} on `
              + instanceNames(ids).toLowerCase();
            if (group.phase === "forming") return `${place}.`;
            const stalled = group.stalled ? `, ${whole(group.stalled)} of them stalled` : "";
            return `${place}: ${plural(group.running, "sequence", "sequences")} left${stalled}.`;
          });
          if (!texts.length) texts.push("No group is forming or closing.");
          if (absent.length) {
            const more = plural(absent.length, "more instance", "more instances");
            texts.push(`${more} could be started.`);
          }
          byID("add").disabled = !absent.length;
          setText(byID("passing"), texts.join(" "));
        }

        function makeCard(id) {
          const root = make("article", "card");
          const card = { root, badge: make("span", "badge"), held: make("b"), gone: make("span"),
            cells: make("div", "cells"), bar: make("div", "bar"), budget: make("b"), bars: {},
            values: {}, drain: make("button", "quiet", "Drain…"),
            remove: make("button", "quiet", "Remove…"), strip: "" };
          const header = make("header");
          header.append(make("h3", "", `Instance ${id}`), card.badge, card.drain, card.remove);
          card.remove.type = "button";
          card.remove.setAttribute("aria-label", `Remove instance ${id}`);
          card.remove.addEventListener("click", () => askRemove(id));
          card.drain.type = "button";
          card.drain.setAttribute("aria-label", `Drain instance ${id}`);
          card.drain.addEventListener("click", () => askDrain(id));
          const layers = make("div", "row2");
          layers.append(card.held, card.gone);
          card.cells.setAttribute("role", "img");
          card.bar.setAttribute("role", "img");
          const memory = make("div", "row2");
          memory.append(make("span", "", "Memory"), card.budget);
          const list = make("dl", "parts");
          for (const [name, , title] of parts) {
            const row = make("div");
            const term = make("dt", "", title);
            card.bars[name] = make("i", name);
            card.values[name] = make("dd");
            card.bar.append(card.bars[name]);
            term.prepend(make("i", name));
            row.append(term, card.values[name]);
            list.append(row);
          }
          root.append(header, layers, card.cells, memory, card.bar, list);
          root.setAttribute("aria-label", `Instance ${id}`);
          return card;
        }

        function fillCard(card, instance, layers, stage) {
          const tones = { whole: "good", dropped: "cool", changing: "warn", restoring: "cool",
            draining: "warn", starting: "cool" };
          setText(card.badge, instance.phase);
          setTone(card.badge, tones[instance.phase]);
          const isStarting = instance.phase === "starting";
          card.drain.disabled = instance.phase === "draining" || isStarting;
          card.remove.disabled = isStarting;
          fillCells(card, instance, layers, stage);
          const { memory } = instance;
          setText(card.budget, showBytes(memory.budget));
          for (const [name, key, title] of parts) {
            card.bars[name].style.flexGrow = memory[key];
            card.bars[name].hidden = !memory[key];
            card.bars[name].title = `${title}: ${showBytes(memory[key])}`;
            setText(card.values[name], showBytes(memory[key]));
          }
          card.bar.setAttribute("aria-label", "Memory: " + parts.map(([, key, title]) =>
            `${title} ${showBytes(memory[key])}`).join(", "));
        }

        function fillCells(card, instance, layers, stage) {
          const strip = JSON.stringify([instance.phase === "starting", instance.layers,
            instance.embedding, instance.head, layers, stage]);
          if (strip === card.strip) return;
          card.strip = strip;
          const [from, to] = instance.layers;
          const [first, last] = stage ? stage.layers : [from, to];
          const cell = (text, held, runs, title) => {
            const node = make("i", held ? (runs ? "" : "idle") : "gone", text);
            const use = runs ? "run by this stage" : "not run by this stage";
            node.title = `${title}: ${held ? `held, ${use}` : "dropped"}`;
            return node;
          };
          const cells = [cell("emb", instance.embedding, first === 0, "Embedding")];
          for (let layer = 0; layer < layers; layer += 1) {
            cells.push(cell(String(layer), layer >= from && layer < to,
              layer >= first && layer < last, `Layer ${layer}`));
          }
          cells.push(cell("head", instance.head, last === layers, "Head"));
          cells[0].classList.add("end");
          cells.at(-1).classList.add("end");
          card.cells.classList.toggle("dense", layers > 14);
          card.cells.replaceChildren(...cells);
          const gone = [];
          if (!instance.embedding) gone.push("embedding");
          if (from > 0) gone.push(showLayers([0, from]));
          if (to < layers) gone.push(showLayers([to, layers]));
          if (!instance.head) gone.push("head");
          if (instance.phase === "starting") {
            setText(card.held, "Loads the model");
            setText(card.gone, "");
            card.gone.title = "";
            card.cells.replaceChildren();
            card.cells.setAttribute("aria-label", "Loads the model");
            return;
          }
          setText(card.held, gone.length ? `Holds ${showLayers([from, to])}` : "Holds every layer");
          setText(card.gone, gone.length ? `dropped: ${gone.join(", ")}` : "nothing dropped");
          card.gone.title = card.gone.textContent;
          card.cells.setAttribute("aria-label",
            `${card.held.textContent} of ${layers}; ${card.gone.textContent}`);
        }
        """#
}

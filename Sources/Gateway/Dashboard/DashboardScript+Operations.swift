extension DashboardScript {
    /// The event log, and the marks that events leave in the charts.
    static let events = #"""
        const maxEvents = 400;
        let log = [];

        /// Kinds that come in swarms: of those in a row only the newest is shown, with a count.
        const isFrequent = (kind) => /preempt|relocat|swap|cancel|no_drop|request/.test(kind);

        function replaceEvents(list) {
          const [newest, known] = [list.at(-1), log.at(-1)];
          const isSame = newest && known && newest.number === known.number
            && newest.time === known.time;
          if (isSame || (!newest && !known)) return;
          log = [];
          byID("events").replaceChildren(make("li", "none", "Nothing has happened yet."));
          addEvents(list);
        }

        function addEvents(list) {
          if (!list.length) return;
          const items = byID("events");
          const stays = items.scrollTop > 20 ? items.scrollHeight - items.scrollTop : null;
          if (!log.length) items.replaceChildren();
          for (const event of list) {
            const newest = log.at(-1);
            if (newest && newest.kind === event.kind && isFrequent(event.kind)) {
              Object.assign(newest, event, { count: newest.count + 1 });
              fillEvent(items.firstElementChild, newest);
            } else {
              log.push({ ...event, count: 1 });
              items.prepend(make("li"));
              fillEvent(items.firstElementChild, log.at(-1));
            }
          }
          while (log.length > maxEvents) {
            log.shift();
            items.lastElementChild.remove();
          }
          // A reader who has scrolled down keeps the place.
          if (stays !== null) items.scrollTop = items.scrollHeight - stays;
          showAges();
        }

        function fillEvent(item, event) {
          const meta = make("div", "meta");
          const when = make("time");
          when.dateTime = `PT${Math.max(0, event.time).toFixed(3)}S`;
          when.title = `${showClock(event.time)} after the start`;
          when.at = event.time;
          meta.append(make("b", "", nameOf(event.kind)), make("span", "", `#${event.number}`));
          if (event.count > 1) meta.append(make("span", "times", `${whole(event.count)} times`));
          meta.append(when);
          setTone(item, toneOf(event.kind));
          item.classList.toggle("frequent", isFrequent(event.kind));
          item.replaceChildren(meta, make("div", "", event.message));
        }

        function showAges() {
          if (!latest) return;
          for (const when of byID("events").querySelectorAll("time")) {
            setText(when, showAge(latest.time - when.at));
          }
        }

        /// What changed memory, or failed to; the newest when there are too many to tell apart.
        function recentMarks(since) {
          const isMark = (event) => event.time >= since && !isFrequent(event.kind)
            && /drop|restore|exchange|fail|drain|scale|instance/.test(event.kind);
          return log.filter(isMark).slice(-24).map((event) => ({
            x: event.time, tone: toneOf(event.kind),
            title: `${nameOf(event.kind)}: ${event.message}`,
          }));
        }
        """#

    /// Buttons that change something: they ask first and tell what came of it.
    static let commands = #"""
        let pending = null;

        function ask({ title, text, confirm, hasBytes, path, method = "POST" }) {
          pending = { path, method };
          byID("command-title").textContent = title;
          byID("command-text").textContent = text;
          byID("command-field").hidden = !hasBytes;
          byID("command-bytes").value = "";
          byID("command-confirm").textContent = confirm;
          byID("command-confirm").hidden = false;
          byID("command-confirm").disabled = false;
          byID("command-cancel").textContent = "Cancel";
          tell("", "");
          byID("command-dialog").showModal();
        }

        function tell(tone, text) {
          setTone(byID("command-outcome"), tone);
          byID("command-outcome").textContent = text;
        }

        const askDrain = (id) => ask({
          title: `Drain instance ${id}?`, confirm: "Drain", path: `instances/${id}/drain`,
          text: "It takes nothing new. What runs there moves to other instances or ends.",
        });

        const askRemove = (id) => ask({
          title: `Remove instance ${id}?`, confirm: "Remove", path: `instances/${id}`,
          method: "DELETE", text: "What runs there moves to other instances; then it is stopped.",
        });

        async function carryOut() {
          const mebibytes = byID("command-bytes").value.trim();
          const bytes = Math.round(Number(mebibytes.replace(",", ".")) * 2 ** 20);
          if (mebibytes && !(bytes >= 1)) return tell("bad", "That is not a number of MiB.");
          byID("command-confirm").disabled = true;
          tell("", "Asking the server…");
          try {
            const answer = await requestWithKey(`/v1/cluster/${pending.path}`, {
              method: pending.method, headers: { "Content-Type": "application/json" },
              body: JSON.stringify(mebibytes ? { bytes } : {}),
            });
            tell("good", (await answer.json()).message || "Accepted.");
            byID("command-confirm").hidden = true;
            byID("command-cancel").textContent = "Close";
            byID("command-cancel").focus();
          } catch (error) {
            tell("bad", error instanceof Refused ? error.message : "The server did not answer.");
            byID("command-confirm").disabled = false;
          }
        }

        function wireCommands() {
          byID("few").addEventListener("change", () =>
            byID("events").classList.toggle("few", byID("few").checked));
          byID("drop").addEventListener("click", () => ask({
            title: "Drop parameters now?", confirm: "Drop", path: "drop", hasBytes: true,
            text: "Groups merge into a pipeline: each member gives up layers that another one "
              + "holds, and the memory becomes KV. Running requests go on.",
          }));
          byID("restore").addEventListener("click", () => ask({
            title: "Restore dropped parameters?", confirm: "Restore", path: "restore",
            text: "Missing layers are loaded from the other members while requests run; then every "
              + "instance serves alone again.",
          }));
          byID("add").addEventListener("click", () => ask({
            title: "Add an instance?", confirm: "Add", path: "instances",
            text: "It gets memory of its own and loads the model; then it takes requests.",
          }));
          byID("command-cancel").addEventListener("click", () => byID("command-dialog").close());
          byID("command-dialog").querySelector("form").addEventListener("submit", (event) => {
            event.preventDefault();
            carryOut();
          });
        }
        """#
}

extension DashboardScript {
    /// The feed from the server: a stream read with `fetch`, so that it can carry a key; polling
    /// when the server has no stream to spare; and the key itself.
    static let connection = #"""
        const link = {
          state: "connecting", detail: "", lastHeard: 0, failures: 0, isTrying: true,
          isCrowded: false, wake: null, abort: null,
        };
        const keyName = "kunserve-key";
        const headers = () => {
          const key = sessionStorage.getItem(keyName);
          return key ? { Authorization: `Bearer ${key}` } : {};
        };

        class Refused extends Error {
          constructor(status, code, message) {
            super(message);
            this.status = status;
            this.code = code;
          }
        }

        /// The server has ended the stream.
        class Ended extends Error {}

        async function request(path, options = {}) {
          const answer = await fetch(path, {
            cache: "no-store", redirect: "error", ...options,
            headers: { ...headers(), ...(options.headers || {}) },
          });
          if (answer.ok) return answer;
          let error = {};
          try { error = (await answer.json()).error || {}; } catch { /* no words of its own */ }
          throw new Refused(answer.status, error.code,
            error.message || `The server answered with status ${answer.status}.`);
        }

        /// A request that asks for a key when the server wants another one.
        async function requestWithKey(path, options) {
          for (;;) {
            try {
              return await request(path, options);
            } catch (error) {
              if (error.status !== 401) throw error;
              if (!await askKey(sessionStorage.getItem(keyName)
                ? "This needs another key, such as the admin key."
                : "The server asks for a key.")) throw error;
            }
          }
        }

        let asking = null;
        function askKey(reason) {
          if (asking) return asking;
          const dialog = byID("key-dialog");
          byID("key-text").textContent = reason;
          byID("key-input").value = "";
          asking = new Promise((resolve) => {
            dialog.onclose = () => {
              const key = byID("key-input").value.trim();
              byID("key-input").value = "";
              asking = null;
              if (dialog.returnValue !== "given" || !key) return resolve(false);
              sessionStorage.setItem(keyName, key);
              resolve(true);
            };
          });
          dialog.returnValue = "";
          dialog.showModal();
          return asking;
        }
        byID("key-dialog").querySelector("form").addEventListener("submit", (event) => {
          event.preventDefault();
          byID("key-dialog").close("given");
        });
        byID("key-cancel").addEventListener("click", () => byID("key-dialog").close(""));

        /// For ever: read, and when that ends, wait a little and read again.
        async function follow() {
          for (;;) {
            try {
              await (link.isCrowded ? poll() : readStream());
            } catch (error) {
              await recover(error);
            }
          }
        }

        async function recover(error) {
          if (error.code === "too_many_streams") {
            link.isCrowded = true;
          } else if (error.status === 401) {
            link.isTrying = false;
            setLink("lost", "A key is needed");
            if (!await askKey("The server asks for a key.")) await sleep(3600000);
          } else {
            link.isTrying = true;
            link.failures += 1;
            setLink("lost", error instanceof Refused || error instanceof Ended ? error.message
              : "Connection lost");
            await sleep(Math.min(5000, 500 * 1.6 ** link.failures));
          }
        }

        function sleep(ms) {
          return new Promise((resolve) => {
            const timer = setTimeout(resolve, ms);
            link.wake = () => { clearTimeout(timer); resolve(); };
          });
        }

        function reconnectNow() {
          if (link.abort) link.abort.abort();
          if (link.wake) link.wake();
        }

        async function readStream() {
          const abort = new AbortController();
          link.abort = abort;
          let silence = setTimeout(() => abort.abort(), 8000);
          const parser = new EventParser();
          try {
            const answer = await request("/v1/cluster/stream", { signal: abort.signal });
            const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
            for (;;) {
              const { value, done } = await reader.read();
              if (done) {
                throw new Ended(parser.isOver ? "The server is shutting down" : "Connection lost");
              }
              clearTimeout(silence);
              silence = setTimeout(() => abort.abort(), 4000);
              parser.push(value);
            }
          } finally {
            clearTimeout(silence);
            link.abort = null;
          }
        }

        /// Takes server-sent events apart. What is logged before the first snapshot of a
        /// connection is the whole log: it replaces what the page has, for the server may be new.
        class EventParser {
          rest = "";
          backlog = [];
          isOver = false;
          push(text) {
            const pieces = (this.rest + text).split("\n\n");
            this.rest = pieces.pop();
            for (const piece of pieces) this.take(piece);
          }
          take(piece) {
            const lines = piece.split("\n");
            const field = (name) => lines.filter((line) => line.startsWith(name + ": "))
              .map((line) => line.slice(name.length + 2)).join("\n");
            const name = field("event");
            if (name === "end") this.isOver = true;
            if (name !== "log" && name !== "snapshot") return;
            const data = JSON.parse(field("data"));
            if (name === "log") {
              if (this.backlog) this.backlog.push(data); else addEvents([data]);
              return;
            }
            if (this.backlog) replaceEvents(this.backlog);
            this.backlog = null;
            hear(data, "live");
          }
        }

        async function poll() {
          link.isCrowded = false;
          for (let round = 0; round < 30; round += 1) {
            const [snapshot, log] = await Promise.all(
              ["/v1/cluster", "/v1/cluster/log"].map(async (path) => (await request(path)).json()));
            replaceEvents(log.events.slice(-500));
            hear(snapshot, "polling");
            await sleep(1000);
          }
        }

        /// The model's name and length, once; the page does without when the key is not for this.
        async function showModel() {
          if (byID("model").textContent) return;
          try {
            const list = await (await request("/v1/models")).json();
            setText(byID("model"), list.data[0].id);
            scaleSliders(list.data[0].max_model_len);
          } catch { /* not worth a word */ }
        }

        function hear(snapshot, state) {
          if (!latest) showModel();
          link.lastHeard = Date.now();
          link.failures = 0;
          setLink(state, state === "live" ? "Live" : "Live, once a second: too many open pages");
          show(snapshot);
        }

        function setLink(state, detail) {
          link.state = state;
          link.detail = detail;
          showLink();
        }

        function showLink() {
          const isLost = link.state === "lost";
          byID("top").dataset.link = link.state;
          document.body.classList.toggle("stale", isLost && link.lastHeard > 0);
          const text = link.detail || "Connecting…";
          setText(byID("link"), isLost && link.isTrying ? `${text}, trying again` : text);
          setText(byID("link-age"), isLost && link.lastHeard
            ? `this is the state of ${showAge((Date.now() - link.lastHeard) / 1000)}` : "");
        }
        """#
}

/// The document's fixed parts. Everything that changes has its place reserved, so that nothing
/// jumps when numbers arrive.
extension DashboardPage {
    static let head = #"""
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>KunServe</title>
        <link rel="icon" href="data:,">
        """#

    static let body = [top, numbers, cluster, whatIf, dialogs].joined(separator: "\n")

    private static let top = #"""
        <header class="top" id="top" data-link="connecting">
          <div class="brand">
            <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
              <rect x="2" y="3" width="9" height="5" rx="1.5" class="solid"/>
              <rect x="2" y="10" width="9" height="5" rx="1.5" class="solid"/>
              <rect x="2" y="17" width="9" height="4" rx="1.5" class="ghost"/>
              <rect x="13" y="3" width="9" height="4" rx="1.5" class="ghost"/>
              <rect x="13" y="9" width="9" height="5" rx="1.5" class="solid"/>
              <rect x="13" y="16" width="9" height="5" rx="1.5" class="solid"/>
            </svg>
            <h1>KunServe</h1>
            <span class="model" id="model"></span>
          </div>
          <dl class="facts">
            <div><dt>overload policy</dt><dd id="policy">–</dd></div>
            <div><dt>up</dt><dd id="uptime">–</dd></div>
          </dl>
          <p class="link" role="status"><span class="dot" aria-hidden="true"></span>
            <span id="link">Connecting…</span></p>
          <span class="link age" id="link-age" aria-hidden="true"></span>
          <button type="button" class="quiet" id="key-button">Key…</button>
        </header>
        """#

    private static let numbers = #"""
        <main id="main">
        <section class="verdict" id="verdict" data-tone="idle" aria-labelledby="verdict-title">
          <div class="words">
            <h2 id="verdict-title">Waiting for the first report</h2>
            <p id="verdict-detail">The page shows the cluster as soon as the server answers.</p>
          </div>
          <div class="actions">
            <button type="button" id="drop">Drop parameters…</button>
            <button type="button" id="restore">Restore…</button>
            <button type="button" id="add">Add an instance…</button>
          </div>
        </section>
        <section aria-label="Numbers now">
          <dl class="tiles">
            <div><dt>Running</dt><dd id="n-running">–</dd>
              <dd class="sub" id="s-running"></dd></div>
            <div><dt>Waiting</dt><dd id="n-waiting">–</dd>
              <dd class="sub" id="s-waiting"></dd></div>
            <div><dt><abbr title="time to the first token, median of the last ten seconds">
              TTFT</abbr></dt><dd id="n-ttft">–</dd><dd class="sub" id="s-ttft"></dd></div>
            <div><dt><abbr title="time per output token, median of the last ten seconds">
              TPOT</abbr></dt><dd id="n-tpot">–</dd><dd class="sub" id="s-tpot"></dd></div>
            <div><dt>KV in use</dt><dd id="n-kv">–</dd><dd class="sub" id="s-kv"></dd></div>
            <div><dt>Parameters dropped</dt><dd id="n-dropped">–</dd>
              <dd class="sub" id="s-dropped"></dd></div>
          </dl>
        </section>
        <section class="charts" aria-label="The last minutes">
          <figure><figcaption><span><b>Requests</b>
              <i class="key waiting"></i>waiting <output id="r-waiting"></output>
              <i class="key running"></i>running <output id="r-running"></output></span>
            </figcaption>
            <div class="plot" id="c-waiting" tabindex="0" role="img"></div></figure>
          <figure><figcaption><span><b>TTFT</b>
              <i class="key p99"></i>p99 <output id="r-p99"></output>
              <i class="key p50"></i>p50 <output id="r-p50"></output></span></figcaption>
            <div class="plot" id="c-ttft" tabindex="0" role="img"></div></figure>
          <figure><figcaption><span><b>KV memory</b>
              <i class="key used"></i>in use <output id="r-used"></output>
              <i class="key capacity"></i>capacity <output id="r-capacity"></output></span>
            </figcaption>
            <div class="plot" id="c-kv" tabindex="0" role="img"></div></figure>
        </section>
        """#

    private static let cluster = #"""
        <div class="columns">
        <section aria-labelledby="cluster-title" id="cluster">
          <div class="heading"><h2 id="cluster-title">Instances and groups</h2>
            <span class="dim">an arrow hands a step on to the next instance</span></div>
          <div class="groups" id="groups"></div>
          <p class="passing" id="passing">No group is forming or closing.</p>
        </section>
        <section class="events" aria-labelledby="events-title">
          <div class="heading"><h2 id="events-title">Events</h2>
            <label class="dim"><input type="checkbox" id="few"> only what changes groups</label>
          </div>
          <ol id="events" tabindex="0" aria-label="Event log, newest first">
            <li class="none">Nothing has happened yet.</li></ol>
        </section>
        </div>
        """#

    private static let whatIf = #"""
        <section class="what-if" aria-labelledby="what-if-title">
          <div class="heading"><h2 id="what-if-title">What if…</h2>
            <span class="dim">simulates requests on top of what runs now; changes nothing</span>
          </div>
          <div class="halves">
          <form id="ask-form" novalidate>
            <fieldset class="segments"><legend class="hidden">How to describe requests</legend>
              <label><input type="radio" name="mode" value="burst" checked>
                <span>Describe a burst</span></label>
              <label><input type="radio" name="mode" value="csv">
                <span>Paste arrivals</span></label></fieldset>
            <div id="burst" class="sliders">
              <label for="w-rate">Rate</label>
              <input type="range" id="w-rate" min="0" max="60" value="34"><output></output>
              <label for="w-seconds">For</label>
              <input type="range" id="w-seconds" min="1" max="120" value="20"><output></output>
              <label for="w-input">Prompt</label>
              <input type="range" id="w-input" min="0" max="60" value="45"><output></output>
              <label for="w-output">Answer</label>
              <input type="range" id="w-output" min="0" max="60" value="48"><output></output>
            </div>
            <div id="csv" hidden>
              <label for="w-csv">One request per line: arrival in seconds, prompt tokens,
                tokens to generate</label>
              <textarea id="w-csv" rows="6" spellcheck="false"
        placeholder="arrival_s,input_tokens,output_tokens&#10;0,200,50&#10;0.25,120,80"></textarea>
            </div>
            <div class="row"><button type="submit" class="main" id="w-ask">Simulate</button>
              <span class="dim" id="w-count" role="status"></span></div>
          </form>
          <div class="answer" id="answer" role="status">
            <p class="dim">The answer says how long requests would wait, which layers would be
              dropped and when they would come back.</p></div>
          </div>
        </section>
        </main>
        <footer><span>The same for programs:</span>
          <code>GET /v1/cluster</code> <code>GET /v1/cluster/log</code>
          <code>GET /v1/cluster/stream</code> <code>GET /metrics</code></footer>
        """#

    private static let dialogs = #"""
        <dialog id="command-dialog" aria-labelledby="command-title">
          <form method="dialog">
            <h2 id="command-title"></h2>
            <p id="command-text"></p>
            <p id="command-field"><label for="command-bytes">Free at least</label>
              <input id="command-bytes" inputmode="decimal" autocomplete="off"
                placeholder="the smallest merge"> MiB</p>
            <p class="outcome" id="command-outcome" role="status"></p>
            <div class="row end"><button type="button" class="quiet" id="command-cancel">
              Cancel</button>
              <button type="submit" class="main" id="command-confirm"></button></div>
          </form>
        </dialog>
        <dialog id="key-dialog" aria-labelledby="key-title">
          <form method="dialog">
            <h2 id="key-title">Key</h2>
            <p id="key-text"></p>
            <p><label for="key-input">Key</label>
              <input id="key-input" type="password" autocomplete="off" spellcheck="false"></p>
            <div class="row end"><button type="button" class="quiet" id="key-cancel">
              Cancel</button>
              <button type="submit" class="main">Use this key</button></div>
          </form>
        </dialog>
        <noscript><p class="verdict">This page needs scripts; for programs there is
          /v1/cluster.</p></noscript>
        """#
}

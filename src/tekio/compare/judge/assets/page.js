"use strict";
// Blind comparison of two answers. Text from answers only ever becomes text nodes; the page never learns which model is which.
(() => {
  const config = JSON.parse(document.getElementById("config").textContent);
  const $ = (id) => document.getElementById(id);
  const make = (tag, text) => { const element = document.createElement(tag); if (text !== undefined) element.textContent = text; return element; };
  const memory = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, value); return true; } catch { return false; } },
  };
  const unique = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const spoken = () => (navigator.languages || []).map((name) => name.slice(0, 2).toLowerCase()).find((name) => config.words[name]);
  const state = { language: memory.get("tekio-lang") || spoken() || config.language, reviewer: "", keys: [], said: {}, at: -1, pair: null, asked: 0 };
  const t = (name, ...values) => values.reduce((text, value, place) => text.replace("{" + place + "}", value), config.words[state.language][name]);
  const alone = Boolean(config.pairs);

  // --- where judgements go: the server, or this browser ---
  const place = () => "tekio-judge:" + config.set + ":" + state.reviewer;
  const kept = () => JSON.parse(memory.get(place()) || "{}");
  let last = {}; // where the browser keeps nothing
  async function call(path, body) {
    const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
    const response = await fetch(path, { ...options, cache: "no-store", redirect: "error" });
    if (!response.ok) { const error = new Error((await response.text()).slice(0, 500)); error.refused = response.status === 400; throw error; }
    return response.json();
  }
  const backend = alone ? {
    start: async () => { last = { ...config.decisions, ...kept() }; return { set: config.set, keys: config.pairs.map((pair) => pair.key), decisions: last }; },
    item: async (at) => config.pairs[at],
    act: async (row) => { last = { ...last, [row.item]: row }; if (!memory.set(place(), JSON.stringify(last))) trouble(t("cannotKeep")); },
  } : {
    start: () => call("api/start?reviewer=" + encodeURIComponent(state.reviewer)),
    item: (at) => call("api/item?position=" + at + "&reviewer=" + encodeURIComponent(state.reviewer)),
    act: (row) => call("api/act", row),
  };

  // --- drawing ---
  function trouble(text) { $("trouble").textContent = text || ""; $("trouble").hidden = !text; }
  function choice(name, sides) {
    return sides.map((side) => {
      const label = make("label"), input = make("input"), word = make("span");
      input.type = "radio"; input.name = name; input.value = side;
      word.dataset.text = side === "" ? "none" : side;
      label.append(input, word);
      return label;
    });
  }
  function build() {
    $("overall").append(...choice("overall", ["A", "tie", "B"]));
    for (const name of Object.keys(config.criteria)) {
      const group = make("fieldset"), legend = make("legend");
      legend.dataset.criterion = name;
      group.append(legend, ...choice(name, ["A", "tie", "B", ""]));
      $("criteria").append(group);
    }
  }
  function words() {
    document.documentElement.lang = state.language;
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
    for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
    for (const element of document.querySelectorAll("[data-criterion]")) element.textContent = config.criteria[element.dataset.criterion][state.language];
    $("lang").textContent = t("other");
    $("lang").lang = state.language === "ja" ? "en" : "ja";
    $("theme").textContent = t(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    counts();
    heading();
  }
  function counts() {
    const done = state.keys.filter((key) => state.said[key]).length;
    $("counts").textContent = state.keys.length ? t("judged", done, state.keys.length) : "";
    $("bar").max = Math.max(1, state.keys.length);
    $("bar").value = done;
  }
  function heading() { if (state.pair) $("prompt-title").textContent = t("pair", state.at + 1, state.keys.length) + (state.pair.topic ? " · " + state.pair.topic : ""); }
  function chosen(name) { const input = document.querySelector(`input[name="${name}"]:checked`); return input ? input.value : ""; }
  function choose(name, side) { for (const input of document.querySelectorAll(`input[name="${name}"]`)) input.checked = input.value === side; }
  async function go(at) {
    if (at < 0 || at >= state.keys.length) return;
    const asked = ++state.asked;
    let pair;
    try { pair = await backend.item(at); } catch { trouble(t("lost")); return; }
    if (asked !== state.asked) return;
    if (pair.set && pair.set !== config.set) { trouble(t("changed")); return; }
    trouble("");
    state.at = at; state.pair = pair;
    $("prompt").textContent = pair.prompt; $("given").textContent = pair.input; $("known").textContent = pair.reference;
    $("given-part").hidden = !pair.input; $("known-part").hidden = !pair.reference; $("known-part").open = false;
    $("a").textContent = pair.a; $("b").textContent = pair.b;
    const said = state.said[pair.key] || { decision: "", marks: {}, note: "" };
    choose("overall", said.decision || null);
    for (const name of Object.keys(config.criteria)) choose(name, (said.marks || {})[name] || "");
    $("note").value = said.note || "";
    $("previous").disabled = at === 0; $("next").disabled = at === state.keys.length - 1;
    heading(); counts();
    $("main").hidden = false;
    document.body.dataset.ready = pair.key;
  }
  function unseen() {
    const order = [...state.keys.keys()].map((step) => (state.at + 1 + step) % state.keys.length);
    const at = order.find((place) => !state.said[state.keys[place]]);
    if (at === undefined) { $("saved").textContent = t("done"); counts(); } else go(at);
  }
  async function save() {
    const decision = chosen("overall"), pair = state.pair;
    if (!pair) return;
    if (!decision) { trouble(t("choose")); $("overall").querySelector("input").focus(); return; }
    const marks = {};
    for (const name of Object.keys(config.criteria)) if (chosen(name)) marks[name] = chosen(name);
    const row = { key: unique(), item: pair.key, reviewer: state.reviewer, decision, marks, note: $("note").value, digest: pair.digest, at: new Date().toISOString() };
    $("saved").textContent = t("saving");
    try { await backend.act(row); } catch (error) { $("saved").textContent = ""; trouble(error.refused ? error.message : t("lost")); return; }
    trouble("");
    state.said[pair.key] = row;
    $("saved").textContent = t(alone ? "kept" : "saved");
    unseen();
  }
  function exported() {
    const rows = Object.entries(last).filter(([, row]) => row.key).map(([, row]) => JSON.stringify(row));
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([rows.join("\n") + "\n"], { type: "application/jsonl" }));
    link.download = "judgements." + state.reviewer.replace(/[^\p{L}\p{N}]+/gu, "_") + ".jsonl";
    document.body.append(link); link.click(); link.remove();
  }

  // --- begin ---
  $("form").addEventListener("submit", (event) => { event.preventDefault(); save(); });
  $("previous").addEventListener("click", () => go(state.at - 1));
  $("next").addEventListener("click", () => go(state.at + 1));
  $("unseen").addEventListener("click", unseen);
  $("export").addEventListener("click", exported);
  $("lang").addEventListener("click", () => { state.language = state.language === "ja" ? "en" : "ja"; memory.set("tekio-lang", state.language); words(); });
  function theme(name) { document.documentElement.dataset.theme = name; $("theme").setAttribute("aria-pressed", String(name === "dark")); }
  $("theme").addEventListener("click", () => { theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"); memory.set("tekio-theme", document.documentElement.dataset.theme); words(); });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || document.querySelector("dialog[open]") || !state.pair) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea")) return;
    const side = { 1: "A", 2: "tie", 3: "B" }[event.key];
    if (side) { event.preventDefault(); choose("overall", side); document.querySelector('input[name="overall"]:checked').focus(); }
  });
  async function begin(name) {
    state.reviewer = name;
    let start;
    try { start = await backend.start(); } catch (error) { trouble(error.refused ? error.message : t("lost")); return false; }
    state.keys = start.keys; state.said = { ...start.decisions };
    $("reviewer").textContent = name;
    counts();
    const first = state.keys.findIndex((key) => !state.said[key]);
    await go(Math.max(0, first));
    return true;
  }
  $("who").addEventListener("cancel", (event) => event.preventDefault());
  $("who").querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = $("who-name").value.trim();
    if (!/^[\p{L}\p{N}_.@ +-]{1,60}$/u.test(name)) { $("who-wrong").textContent = t("whoWrong"); return; }
    if (await begin(name)) $("who").close();
  });
  build();
  theme(memory.get("tekio-theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  words();
  $("export").hidden = !alone;
  if (config.reviewer) begin(config.reviewer);
  else { $("who").showModal(); $("who-name").focus(); }
})();

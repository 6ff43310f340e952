"use strict";
(() => {
  const config = JSON.parse(document.getElementById("config").textContent);
  const { make, find, marked, memory, unique, server } = tekioParts;
  const $ = (id) => document.getElementById(id);

  // --- words ---------------------------------------------------------------------------------------------------
  const words = config.words;
  const spoken = () => (navigator.languages || []).map((name) => name.slice(0, 2).toLowerCase()).find((name) => words[name]);
  const marks = { accept: "✓", edit: "✎", reject: "✕" };
  const stateWord = { accept: "accepted", edit: "edited", reject: "rejected" };
  const state = {
    language: memory.get("tekio-lang") || spoken() || config.language, reviewer: "", index: [], decisions: new Map(), position: -1,
    item: null, shown: [], editing: false, query: "", matches: null, queue: [], sending: false, loading: 0, lost: false, leaving: false,
  };
  const t = (name, other) => words[state.language][name] || (other === undefined ? name : other);

  // --- where decisions go: the server, or this browser -------------------------------------------------------------
  const local = {
    place: () => "tekio-review:" + config.set + ":" + state.reviewer,
    log: () => JSON.parse(memory.get(local.place()) || "[]"),
    keep(log) { if (!memory.set(local.place(), JSON.stringify(log))) trouble(t("cannotKeep")); local.copy = log; },
    current() { return local.copy && !memory.get(local.place()) ? local.copy : local.log(); },
    earlier() {
      // Decisions of this reviewer on an earlier page of the same records (written anew, renamed, with some changed).
      const place = new Map(config.items.map((item) => [item.digest, item.key])), found = new Map();
      for (const name of memory.names("tekio-review:")) {
        if (!name.endsWith(":" + state.reviewer)) continue;
        for (const action of JSON.parse(memory.get(name) || "[]")) {
          const item = action.digest && place.get(action.digest);
          if (item && (!found.has(item) || found.get(item).at < action.at)) found.set(item, { ...action, item });
        }
      }
      return [...found.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
    },
    async start() {
      const decisions = {};
      if (!memory.get(local.place())) { const earlier = local.earlier(); if (earlier.length) local.keep(earlier); }
      for (const action of config.decisions || []) if (action.reviewer === state.reviewer) decisions[action.item] = action;
      for (const action of local.current()) decisions[action.item] = action;
      return { index: config.items.map((item) => [item.key, label(item)]), decisions };
    },
    async item(position) { return { ...config.items[position], passage: config.passages[config.items[position].passage] }; },
    async search(query) {
      const wanted = query.toLowerCase();
      return config.items.flatMap((item, place) => (fullText(item).toLowerCase().includes(wanted) ? [place] : []));
    },
    async act(action) {
      local.keep([...local.current().filter((old) => old.key !== action.key), action]);
      return {};
    },
    async undo() {
      const log = local.current(), last = log.pop();
      if (!last) return { undone: null };
      local.keep(log);
      const before = [...(config.decisions || []).filter((action) => action.reviewer === state.reviewer), ...log];
      return { undone: last.item, decision: before.filter((action) => action.item === last.item).pop() || null };
    },
  };
  const backend = config.items ? local : server;
  const label = (item) => (item.messages.find((turn) => turn.role === "user") || { content: "" }).content.slice(0, 60);
  const fullText = (item) => [item.key, ...item.messages.map((turn) => turn.content), item.input || "", config.passages[item.passage]].join("\n");

  // --- the queue: a decision leaves it only when it is stored ------------------------------------------------------
  // By the set's name: a page that loads itself anew because the set has changed still sends what waits.
  const queuePlace = () => "tekio-queue:" + config.dataset + ":" + state.reviewer;
  const trouble = (text) => {
    $("trouble-text").textContent = text || "";
    $("trouble").hidden = !text;
    $("unsent").hidden = !state.lost || !state.queue.length;
  };
  const pause = () => new Promise((done) => setTimeout(done, 1500));
  function lost(error) { state.lost = true; trouble(t(error.elsewhere ? "elsewhere" : state.queue.length ? "notSaved" : "noServer")); }
  function reached() { if (state.lost) { state.lost = false; trouble(""); } }
  function saved(busy) {
    $("saved").textContent = busy ? t("saving") : backend === local ? t("keptHere") : t("saved");
    $("saved").classList.toggle("busy", Boolean(busy));
  }
  function enqueue(action) {
    state.queue.push(action);
    memory.set(queuePlace(), JSON.stringify(state.queue));
    return drain();
  }
  async function drain() {
    if (state.sending) return;
    state.sending = true;
    saved(true);
    let changed = false;
    while (state.queue.length) {
      try {
        const done = await backend.act(state.queue[0]);
        changed = Boolean(done.set) && done.set !== config.set;
        reached();
      } catch (error) {
        if (!error.refused) {
          state.sending = false;
          lost(error);
          setTimeout(drain, 1500);
          return;
        }
        state.decisions.delete(state.queue[0].item);
        trouble(error.message);
        redraw();
      }
      state.queue.shift();
      memory.set(queuePlace(), JSON.stringify(state.queue));
    }
    state.sending = false;
    saved(false);
    if (changed) anew();
  }
  window.addEventListener("beforeunload", (event) => { if (!state.leaving && (state.queue.length || state.editing)) event.preventDefault(); });

  // --- drawing -----------------------------------------------------------------------------------------------------
  const kindOf = (place) => (state.decisions.get(state.index[place][0]) || {}).decision || "";
  function drawWords() {
    document.documentElement.lang = state.language;
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
    $("search").placeholder = t("search");
    $("search").setAttribute("aria-label", t("search"));
    $("lang").textContent = state.language === "ja" ? "English" : "日本語";
    $("lang").lang = state.language === "ja" ? "en" : "ja";
    $("theme").textContent = document.documentElement.dataset.theme === "dark" ? t("light") : t("theme");
    $("help").setAttribute("aria-label", t("keys"));
    $("export").textContent = t("export");
    $("unsent").textContent = t("exportUnsent");
    $("people").textContent = t("people");
    const filter = $("filter"), chosen = filter.value;
    filter.replaceChildren(...["all", "unseen", "accept", "edit", "reject"].map((kind) => {
      const option = make("option", t(stateWord[kind] || kind));
      option.value = kind;
      return option;
    }));
    filter.value = chosen || "all";
    filter.setAttribute("aria-label", t("all"));
    const rows = [["J · → / K · ←", "goKeys"], ["A · E · R", "decideKeys"], ["U", "undoKeys"], ["N", "unseenKeys"], ["/", "searchKeys"], ["Ctrl+Enter · Esc", "saveKeys"]];
    $("keys").replaceChildren(...rows.map(([key, name]) => {
      const row = make("tr"), cell = make("td");
      cell.append(make("kbd", key));
      row.append(cell, make("td", t(name)));
      return row;
    }));
  }
  function drawCounts() {
    const counts = { accept: 0, edit: 0, reject: 0 };
    for (const action of state.decisions.values()) counts[action.decision] += 1;
    const total = state.index.length, done = counts.accept + counts.edit + counts.reject;
    for (const kind of Object.keys(counts)) $("bar").querySelector("." + kind).style.width = (100 * counts[kind]) / (total || 1) + "%";
    const parts = Object.keys(counts).map((kind) => marks[kind] + " " + counts[kind]);
    $("counts").textContent = done + " / " + total + "   " + parts.join("   ") + (done === total && total ? "   " + t("allDone") : "");
  }
  const LIMIT = 400;
  function drawList() {
    const filter = $("filter").value;
    const among = state.matches || state.index.map((_, place) => place);
    state.shown = among.filter((place) => filter === "all" || (filter === "unseen" ? !kindOf(place) : kindOf(place) === filter));
    let first = Math.max(0, state.shown.indexOf(state.position) - LIMIT / 2);
    const part = state.shown.slice(first, first + LIMIT);
    $("list").replaceChildren(...part.map((place) => {
      const row = make("li"), kind = kindOf(place);
      row.append(make("b", marks[kind] || "·", kind && "is-" + kind), make("span", place + 1 + ". " + state.index[place][1]));
      row.title = state.index[place][1];
      row.tabIndex = -1;
      if (place === state.position) row.setAttribute("aria-current", "true");
      row.addEventListener("click", () => go(place));
      return row;
    }));
    const rest = state.shown.length - part.length;
    $("list-note").textContent = (state.matches || filter !== "all" ? state.shown.length + " " + t("found") + "  " : "") + (rest > 0 ? "+" + rest + " " + t("more") : "");
    const current = $("list").querySelector("[aria-current]");
    if (current) current.scrollIntoView({ block: "nearest" });
  }
  function drawPassage(item, question, answer) {
    const box = $("passage");
    document.querySelector(".sides").classList.toggle("alone", !item.passage);
    $("passage-from").textContent = item.passage_from || "";
    const taken = find(item.passage, answer, "taken"), asked = find(item.passage, question, "asked");
    const at = item.at && item.at.length ? [[item.at[0], item.at[1], "taken"]] : taken.ranges; // an exam's item says where its answer stands
    marked(box, item.passage, [...at, ...asked.ranges]);
    $("grounding").textContent = item.passage && taken.all && at === taken.ranges ? t("grounded").replace("%", String(Math.round((100 * taken.found) / taken.all))) : "";
    box.scrollTop = 0;
    const first = box.querySelector("mark.asked") || box.querySelector("mark");
    if (first) box.scrollTop = Math.max(0, first.offsetTop - box.offsetTop - 60);
  }
  const current = () => {
    const action = state.item && state.decisions.get(state.item.key);
    return action && action.decision === "edit" ? { messages: action.messages, input: action.input } : state.item;
  };
  function turn(kind, text, before) {
    const block = make("div", undefined, "turn " + kind), title = make("h3", t(kind));
    block.append(title);
    if (state.editing) {
      const area = make("textarea");
      area.value = text;
      area.dataset.kind = kind;
      area.setAttribute("aria-label", t(kind));
      const fit = () => { area.style.height = "auto"; area.style.height = Math.min(area.scrollHeight + 4, 480) + "px"; };
      area.addEventListener("input", fit);
      requestAnimationFrame(fit);
      block.append(area);
    } else {
      const body = make("div", undefined, "text"), ranges = [];
      for (const word of state.item.notes.flatMap((note) => note.found)) {
        for (let place = text.indexOf(word); place >= 0; place = text.indexOf(word, place + word.length)) ranges.push([place, place + word.length, "noted"]);
      }
      marked(body, text, ranges);
      block.append(body);
      if (before !== undefined && before !== text) {
        const old = make("div", undefined, "before text");
        old.append(make("b", t("before") + ": "), document.createTextNode(before || "—"));
        block.append(old);
      }
    }
    return block;
  }
  function drawRecord() {
    const item = state.item, now = current(), blocks = [];
    let waiting = true;
    now.messages.forEach((message, place) => {
      const before = now !== item ? (item.messages[place] || { content: "" }).content : undefined;
      blocks.push(turn(message.role, message.content, before));
      if (waiting && message.role === "user") {
        waiting = false;
        if (now.input || item.input || state.editing) blocks.push(turn("input", now.input || "", now !== item ? item.input || "" : undefined));
      }
    });
    $("record").replaceChildren(...blocks);
    const action = state.decisions.get(item.key), chip = $("state");
    chip.textContent = action ? marks[action.decision] + " " + t(stateWord[action.decision]) + (action.reason ? " · " + reasonText(action.reason) : "") + (action.note ? " · " + action.note : "") : "";
    chip.className = "state" + (action ? " is-" + action.decision : "");
    $("notes").replaceChildren(...item.notes.map(drawNote));
    $("editing").hidden = !state.editing;
    for (const id of ["accept", "edit", "reject", "undo", "previous", "next", "unseen"]) $(id).disabled = state.editing;
  }
  function drawNote(note) {
    const row = make("li"), text = make("span");
    text.append(make("b", t("rule." + note.rule, note.rule)), note.text ? make("small", " " + (state.language === "ja" && note.japanese || t("why." + note.rule, note.text)), "quiet") : "");
    row.append(text);
    const offered = note.replace !== null || note.rule === "self_reference";
    for (const word of note.found) {
      const change = make("span", undefined, "change"), place = "tekio-replace:" + word;
      if (!offered) { change.append(make("mark", word, "noted")); row.append(change); continue; }
      const wanted = make("input"), button = make("button", t("take"));
      wanted.value = note.replace !== null ? note.replace : memory.get(place) || "";
      wanted.size = 10;
      wanted.setAttribute("aria-label", word + " →");
      button.type = "button";
      const take = () => { if (wanted.value) { memory.set(place, wanted.value); takeNote(word, wanted.value); } };
      button.addEventListener("click", take);
      wanted.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); event.stopPropagation(); take(); } });
      change.append(make("del", word), " → ", wanted, button);
      row.append(change);
    }
    return row;
  }
  const reasonText = (name) => (config.reasons[name] || {})[state.language] || name;
  function drawItem() {
    const item = state.item;
    if (!item) return;
    $("facts").replaceChildren(...Object.entries(item.facts).map(([name, value]) => {
      const fact = make("span");
      fact.append(make("b", t(name)), document.createTextNode(value));
      return fact;
    }));
    const said = (role) => current().messages.filter((message) => message.role === role).map((message) => message.content).join("\n");
    drawPassage(item, said("user"), said("assistant"));
    drawRecord();
    $("record-side").scrollTop = 0;
  }
  function redraw() { drawCounts(); drawList(); drawItem(); }

  // --- moving and deciding -------------------------------------------------------------------------------------------
  const cache = new Map(); // items near by, so that moving does not wait
  async function fetchItem(place) {
    if (!cache.has(place)) {
      if (cache.size > 60) cache.delete(cache.keys().next().value);
      const coming = backend.item(place);
      cache.set(place, coming);
      coming.then((item) => { if (item.set && item.set !== config.set) anew(); }, () => cache.delete(place));
    }
    return cache.get(place);
  }
  function anew() {
    // The server was started again with other records: positions mean something else now. What waits is kept and sent.
    if (state.editing || state.leaving) return;
    state.leaving = true;
    location.reload();
  }
  async function go(place) {
    if (state.editing || place < 0 || place >= state.index.length) return;
    closeReasons();
    const turn = ++state.loading;
    state.position = place; // at once: the next key moves on from here
    state.item = null; // and nothing can be decided before it is seen
    $("work").setAttribute("aria-busy", "true");
    let item;
    while (!item) { // a server that is away comes back, and the record that was asked for is shown then
      try { item = await fetchItem(place); } catch (error) {
        if (error.refused) { trouble(error.message); return; }
        lost(error);
        await pause();
      }
      if (turn !== state.loading) return; // a later move was quicker
    }
    if (state.leaving) return;
    if (!state.queue.length) reached();
    state.item = item;
    $("work").setAttribute("aria-busy", "false");
    memory.set("tekio-position:" + config.set, String(place));
    drawList();
    drawItem();
    for (const near of [place + 1, place + 2, place - 1]) if (near >= 0 && near < state.index.length) fetchItem(near).catch(() => {});
  }
  function step(by) {
    const here = state.shown.indexOf(state.position);
    if (here < 0) {
      const place = by > 0 ? state.shown.find((other) => other > state.position) : state.shown.findLast((other) => other < state.position);
      return go(place === undefined ? state.position : place);
    }
    return go(state.shown[Math.min(Math.max(here + by, 0), state.shown.length - 1)]);
  }
  function nextUnseen() {
    const count = state.index.length;
    for (let by = 1; by <= count; by += 1) {
      const place = (state.position + by) % count;
      if (!kindOf(place) && (!state.matches || state.matches.includes(place))) return go(place);
    }
    return go(state.position);
  }
  function decide(decision, more) {
    const item = state.item;
    if (!item) return;
    const action = { key: unique(), item: item.key, reviewer: state.reviewer, decision, digest: item.digest, reason: "", note: "", messages: null, input: null, at: new Date().toISOString(), ...more };
    state.decisions.set(item.key, action);
    enqueue(action);
    drawCounts();
    if (state.shown.indexOf(state.position) === state.shown.length - 1) { drawList(); drawItem(); } else step(1);
  }
  function accept() {
    // An edit that is shown is accepted as it is shown; taking it back is `undo`.
    if (state.item && (state.decisions.get(state.item.key) || {}).decision === "edit") return step(1);
    return decide("accept");
  }
  async function undo() {
    if (state.editing) return;
    if (state.queue.length) { await drain(); if (state.queue.length) return; }
    try {
      const done = await backend.undo(state.reviewer, unique());
      if (!done.undone) { trouble(t("nothingToUndo")); setTimeout(() => trouble(""), 2000); return; }
      if (done.decision) state.decisions.set(done.undone, done.decision); else state.decisions.delete(done.undone);
      drawCounts();
      await go(state.index.findIndex(([key]) => key === done.undone));
    } catch (error) { trouble(t(error.elsewhere ? "elsewhere" : error.refused ? error.message : "notUndone")); }
  }
  function startEdit() {
    if (!state.item || state.editing) return;
    state.editing = true;
    drawRecord();
    const areas = $("record").querySelectorAll("textarea"), last = areas[areas.length - 1];
    last.focus();
    last.setSelectionRange(0, 0);
  }
  function readEdit() {
    const messages = [];
    let input = null;
    for (const area of $("record").querySelectorAll("textarea")) {
      if (area.dataset.kind === "input") input = area.value || null;
      else messages.push({ role: area.dataset.kind, content: area.value });
    }
    return { messages, input };
  }
  function saveEdit() {
    if (!state.editing) return;
    const edit = readEdit(), item = state.item;
    if (edit.messages.some((message) => !message.content.trim())) { trouble(t("emptyText")); return; }
    trouble("");
    state.editing = false;
    const same = JSON.stringify(edit) === JSON.stringify({ messages: item.messages, input: item.input || null });
    decide(same ? "accept" : "edit", same ? {} : edit);
  }
  function cancelEdit() { state.editing = false; trouble(""); drawItem(); }
  function takeNote(word, wanted) {
    const texts = state.editing ? [...$("record").querySelectorAll("textarea")].map((area) => area.value) : null;
    if (!state.editing) startEdit();
    $("record").querySelectorAll("textarea").forEach((area, place) => {
      area.value = (texts ? texts[place] : area.value).split(word).join(wanted);
      area.dispatchEvent(new Event("input"));
    });
  }
  function closeReasons() { $("reasons").hidden = true; }
  function askReason() {
    if (!state.item || state.editing) return;
    const box = $("reasons"), row = make("div"), note = make("input");
    note.placeholder = t("note");
    note.setAttribute("aria-label", t("note"));
    Object.keys(config.reasons).forEach((name, place) => {
      const button = make("button");
      button.type = "button";
      button.append(make("kbd", String(place + 1)), " " + reasonText(name));
      button.addEventListener("click", () => rejectFor(name));
      row.append(button);
    });
    box.setAttribute("aria-label", t("whyReject"));
    box.replaceChildren(make("strong", t("whyReject")), row, note);
    box.hidden = false;
    box.tabIndex = -1;
    box.focus();
  }
  function rejectFor(name) {
    const note = $("reasons").querySelector("input").value.trim();
    closeReasons();
    document.activeElement.blur();
    decide("reject", { reason: name, note });
  }
  let searching = 0;
  async function search() {
    const query = $("search").value.trim(), turn = ++searching;
    let matches = null;
    try { if (query) matches = await backend.search(query); } catch (error) { lost(error); return; }
    if (turn !== searching) return;
    state.matches = matches;
    drawList();
    if (matches && matches.length && !state.shown.includes(state.position)) await go(state.shown[0]);
  }

  // --- several people ------------------------------------------------------------------------------------------------
  async function showPeople() {
    const box = $("agreement");
    box.replaceChildren();
    if (backend === server) {
      let people;
      try { people = await backend.people(); } catch (error) { lost(error); people = { progress: [], agreement: [], use: [] }; }
      for (const one of people.progress) box.append(make("div", one.reviewer + ": " + one.done + " / " + state.index.length));
      for (const [name, rows] of [["three", people.agreement], ["useOnly", people.use]]) {
        if (rows.length) box.append(make("h2", t(name)));
        for (const row of rows) {
          const kappa = row.kappa === null ? t("undefinedKappa") : row.kappa.toFixed(2);
          box.append(make("div", row.reviewers.join(" / ") + ": " + t("shared") + " " + row.n + ", " + t("equal") + " " + Math.round(100 * row.equal) + " %, κ " + kappa));
        }
      }
      if (!people.agreement.length) box.append(make("div", t("noShared")));
    }
    $("about").showModal();
  }
  function exportDecisions(actions = local.current()) {
    const head = { tekio_review: 1, dataset: config.dataset, set: config.set, reviewer: state.reviewer };
    const lines = [head, ...actions].map((row) => JSON.stringify(row)).join("\n") + "\n";
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([lines], { type: "application/jsonl" }));
    link.download = config.dataset + "." + state.reviewer.replace(/[^\p{L}\p{N}]+/gu, "_") + ".decisions.jsonl";
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // --- keys ----------------------------------------------------------------------------------------------------------
  const letter = (event) => (event.key === "Process" && event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key.length === 1 ? event.key.toLowerCase() : event.key);
  const commands = {
    a: accept, 1: accept, e: startEdit, 2: startEdit, r: askReason, 3: askReason, u: undo,
    j: () => step(1), ArrowRight: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowLeft: () => step(-1), ArrowUp: () => step(-1),
    n: nextUnseen, "/": () => { $("search").focus(); $("search").select(); }, "?": showPeople,
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 && event.target.matches("input, textarea")) return; // an input method is at work
    if (document.querySelector("dialog[open]")) return;
    const key = letter(event);
    if (state.editing) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); saveEdit(); }
      if (event.key === "Escape") { event.preventDefault(); cancelEdit(); }
      return;
    }
    if (!$("reasons").hidden) {
      const names = Object.keys(config.reasons), inNote = event.target.matches("#reasons input");
      if (event.key === "Escape") { event.preventDefault(); closeReasons(); }
      else if (event.key === "Enter" && !event.target.matches("#reasons button")) { event.preventDefault(); rejectFor(""); }
      else if (!inNote && names[Number(key) - 1]) { event.preventDefault(); rejectFor(names[Number(key) - 1]); }
      return;
    }
    if (event.target === $("search")) {
      if (event.key === "Escape" || event.key === "Enter") { event.preventDefault(); $("search").blur(); }
      return;
    }
    const undoing = (event.ctrlKey || event.metaKey) && key === "z";
    if (undoing) { event.preventDefault(); undo(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input, textarea")) return; // typing
    if (event.target.matches("#passage") && ["ArrowUp", "ArrowDown"].includes(key)) return; // scrolls the passage
    const command = commands[key];
    if (command) { event.preventDefault(); command(); }
  });
  const clicks = { accept, edit: startEdit, reject: askReason, undo, next: () => step(1), previous: () => step(-1), unseen: nextUnseen, save: saveEdit, cancel: cancelEdit, help: showPeople, people: showPeople, export: exportDecisions, unsent: () => exportDecisions(state.queue) };
  for (const [id, work] of Object.entries(clicks)) $(id).addEventListener("click", (event) => { event.currentTarget.blur(); work(); });
  let typed;
  $("search").addEventListener("input", () => { clearTimeout(typed); typed = setTimeout(search, 150); });
  $("filter").addEventListener("change", () => { drawList(); $("filter").blur(); if (state.shown.length && !state.shown.includes(state.position)) go(state.shown[0]); });
  $("lang").addEventListener("click", () => {
    state.language = state.language === "ja" ? "en" : "ja";
    memory.set("tekio-lang", state.language);
    drawWords();
    saved(state.queue.length);
    if (state.item) { if (state.editing) return; redraw(); }
  });
  function theme(name) { document.documentElement.dataset.theme = name; $("theme").setAttribute("aria-pressed", String(name === "dark")); }
  $("theme").addEventListener("click", () => {
    theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    memory.set("tekio-theme", document.documentElement.dataset.theme);
    drawWords();
  });

  // --- begin ---------------------------------------------------------------------------------------------------------
  async function begin(name) {
    state.reviewer = name;
    let start;
    while (!start) {
      try { start = await backend.start(name); } catch (error) {
        if (error.refused) { trouble(error.message); return false; }
        lost(error);
        await pause();
      }
    }
    if (start.set && start.set !== config.set) { anew(); return false; }
    reached();
    memory.set("tekio-reviewer", name);
    state.index = start.index;
    state.decisions = new Map(Object.entries(start.decisions));
    state.queue = backend === local ? [] : JSON.parse(memory.get(queuePlace()) || "[]");
    for (const action of state.queue) state.decisions.set(action.item, action);
    $("reviewer-name").textContent = name;
    saved(state.queue.length);
    if (state.queue.length) drain();
    drawCounts();
    drawList();
    const place = Number(memory.get("tekio-position:" + config.set));
    const unseen = state.index.findIndex((_, other) => !kindOf(other));
    await go(place > 0 && place < state.index.length ? place : Math.max(0, unseen));
    document.body.dataset.ready = "true";
    return true;
  }
  $("who").addEventListener("cancel", (event) => event.preventDefault());
  $("who").querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = $("who-name").value.trim();
    if (!/^[\p{L}\p{N}_.@ +-]{1,60}$/u.test(name)) { $("who-wrong").textContent = t("whoWrong"); return; }
    if (await begin(name)) $("who").close();
  });
  $("dataset").textContent = config.dataset;
  $("export").hidden = backend !== local;
  $("people").hidden = backend === local;
  theme(memory.get("tekio-theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  drawWords();
  if (config.reviewer) begin(config.reviewer);
  else { $("who-name").value = memory.get("tekio-reviewer") || ""; $("who").showModal(); $("who-name").focus(); }
})();

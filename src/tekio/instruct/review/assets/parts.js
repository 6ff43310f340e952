"use strict";
// What the page is made of and knows nothing of the page: elements, marks in a passage, memory, the server. Text from
// records only ever becomes text nodes.
const tekioParts = (() => {
  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const sentences = (text) => (text.match(/[^。！？!?\n]+[。！？!?]?/g) || []).map((part) => part.replace(/\s+/g, "")).filter((part) => part.length >= 6);
  const known = { passage: "", bare: "", places: [] }; // the passage without white space, and where each character was
  function bare(passage) {
    if (known.passage !== passage || !known.places.length) {
      known.passage = passage;
      known.places = [];
      let text = "";
      for (let place = 0; place < passage.length; place += 1) if (!/\s/.test(passage[place])) { text += passage[place]; known.places.push(place); }
      known.bare = text;
    }
    return known;
  }
  function find(passage, text, className) {
    // Where the sentences of `text` stand in the passage (line breaks and spaces do not matter), and how much of it does.
    const { bare: plain, places } = bare(passage), ranges = [];
    let found = 0, all = 0;
    for (const part of sentences(text)) {
      all += part.length;
      const start = plain.indexOf(part);
      if (start >= 0) { found += part.length; ranges.push([places[start], places[start + part.length - 1] + 1, className]); }
    }
    return { ranges, found, all };
  }
  function marked(box, text, ranges) {
    ranges.sort((a, b) => a[0] - b[0]);
    const pieces = [];
    let end = 0;
    for (const [start, stop, className] of ranges) {
      if (stop <= end) continue;
      const from = Math.max(start, end);
      pieces.push(document.createTextNode(text.slice(end, from)), make("mark", text.slice(from, stop), className));
      end = stop;
    }
    box.replaceChildren(...pieces, document.createTextNode(text.slice(end)));
  }
  const memory = {
    // localStorage may be forbidden (a page opened from a mail); then the page still works, without memory.
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    names(start) { try { return Object.keys(localStorage).filter((name) => name.startsWith(start)); } catch { return []; } },
    set(name, value) { try { localStorage.setItem(name, value); return true; } catch { return false; } },
  };
  const unique = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const server = {
    async call(path, body) {
      const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
      const response = await fetch(path, { ...options, cache: "no-store", redirect: "error" });
      if (!response.ok) {
        const error = new Error((await response.text()).slice(0, 500));
        error.refused = response.status === 400; // this request, now and for ever
        error.elsewhere = response.status === 403 || response.status === 404; // a server, but not at this address
        throw error;
      }
      return response.json();
    },
    start: (reviewer) => server.call("api/start?reviewer=" + encodeURIComponent(reviewer)),
    item: (position) => server.call("api/item?position=" + position),
    search: async (query) => (await server.call("api/search?q=" + encodeURIComponent(query))).positions,
    act: (action) => server.call("api/act", action),
    undo: (reviewer, key) => server.call("api/undo", { reviewer, key }),
    people: () => server.call("api/people"),
  };
  return { make, find, marked, memory, unique, server };
})();

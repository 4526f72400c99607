"use strict";
// The mark that tells whether a page is live. It says so only while the console answers, by an answer of its own
// clock, that every part works; otherwise it says which part does not, and how old what is seen may be.

const LiveMark = (() => {
  // The console answers in a fraction of this; a stopped one takes the connection and never answers.
  const ANSWER_MILLISECONDS = 5000;
  // The console's clock must go on from answer to answer: what stands still was answered long ago.
  const STILL_MILLISECONDS = 6000;
  const mark = document.getElementById("live");
  const failure = document.getElementById("failure");
  // A page that the server filled was answered when it was loaded; a list is empty until it has its first answer.
  let answeredAt = document.getElementById("switch") ? Date.now() : 0;
  let lookedAt = "";
  let movedAt = performance.now();
  let isAsking = false;

  function tell(state, text) {
    if (mark.textContent === text && mark.dataset.state === state) return;
    mark.dataset.state = state;
    mark.textContent = text;
  }

  function fail(lines) {
    const text = lines.join(" ");
    if (failure.textContent !== text) failure.textContent = text;
    failure.hidden = lines.length === 0;
  }

  function ask(path, type) {
    const signal = AbortSignal.timeout(ANSWER_MILLISECONDS);
    return fetch(path, { headers: { Accept: type }, cache: "no-store", signal });
  }

  async function readiness() {
    const found = await (await ask("/api/v1/ready", "application/json")).json();
    if (found.looked_at !== lookedAt) {
      lookedAt = found.looked_at;
      movedAt = performance.now();
    }
    if (performance.now() - movedAt > STILL_MILLISECONDS) throw new Error("its clock stands still");
    return found.parts.filter(isTrouble);
  }

  // A warning of another part is for “planswitch doctor”: what is seen is live all the same. So it is where one
  // stream is put aside, which its own switch tells.
  function isTrouble(part) {
    const isBehind = part.part === "projector" && part.state !== "ok" && part.code !== "PROJECTION_DEGRADED";
    return part.state === "down" || part.state === "unknown" || isBehind;
  }

  function troubleOf(part) {
    return `${part.part}: ${part.detail}. ${part.remedy}`.replaceAll("`", "");
  }

  function tellParts(parts, unseenSeconds) {
    const projector = parts.find((part) => part.part === "projector" && "silence_seconds" in part.figures);
    const { silence_seconds: silence, behind_seconds: behind } = projector ? projector.figures : {};
    const age = Math.round(Math.max(silence || 0, behind || 0, unseenSeconds));
    tell("stale", `not live: ${parts.map((part) => part.part).join(", ")}${old(age)}`);
    fail(parts.map(troubleOf));
  }

  function old(seconds) {
    return seconds > 0 ? `, what you see is ${seconds} s old` : "";
  }

  function unseenSeconds() {
    return answeredAt ? Math.round((Date.now() - answeredAt) / 1000) : 0;
  }

  async function shown(show) {
    const looking = readiness();
    looking.catch(() => {});
    try {
      const word = await show();
      const parts = await looking;
      answeredAt = Date.now();
      if (parts.length) return tellParts(parts, 0);
      fail([]);
      tell("live", word);
    } catch (error) {
      // Where the console answers, it tells which part is missing behind it.
      const parts = await looking.catch(() => []);
      if (parts.length) return tellParts(parts, unseenSeconds());
      tell("stale", `no answer${old(unseenSeconds())}`);
      fail([`The console does not answer (${error.message}). “planswitch doctor” tells what is silent.`]);
    }
  }

  // Lets `show` ask for what the page shows; it returns the word for a page that is live.
  async function refresh(show) {
    if (document.hidden) return tell("paused", "paused while the page is hidden");
    if (isAsking) return;
    isAsking = true;
    await shown(show).finally(() => { isAsking = false; });
  }

  return { ask, refresh };
})();

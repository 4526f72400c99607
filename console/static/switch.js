"use strict";
// One switch: asks the API every two seconds while the page is seen, shows anew what has changed, and says when
// it could not. A form that somebody works with is never replaced; then it is said that it is out of date.

const POLL_MILLISECONDS = 2000;
// What no event tells, such as a lost workflow, is looked at so often.
const LOOK_AGAIN_MILLISECONDS = 30000;

const live = document.getElementById("live");
const failure = document.getElementById("failure");
const { switch: switchId, position } = document.getElementById("switch").dataset;
let shownPosition = Number(position);
let shownAt = Date.now();
let answeredAt = Date.now();
let isAsking = false;

function isTouched(field) {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

function isInUse(block) {
  const isOpen = block.querySelector("details[open]") !== null;
  return isOpen || block.contains(document.activeElement) || [...block.querySelectorAll("input")].some(isTouched);
}

function showBlock(block, fresh) {
  if (!fresh || block.innerHTML === fresh.innerHTML) return;
  block.replaceChildren(...fresh.childNodes);
}

function showForms(block, fresh) {
  // The same commands in new words of the same kind: a form keeps its id, by which a second click acts once.
  if (!fresh || block.dataset.shape === fresh.dataset.shape) return;
  if (isInUse(block)) {
    document.getElementById("outdated").hidden = false;
    return;
  }
  block.dataset.shape = fresh.dataset.shape;
  showBlock(block, fresh);
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (!fresh.getElementById("switch")) throw new Error("another page came");
  for (const block of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(block.id);
    if (block.dataset.live === "idle") showForms(block, other);
    else showBlock(block, other);
  }
}

function tell(state, text) {
  if (live.textContent === text) return;
  live.dataset.state = state;
  live.textContent = text;
}

async function asked(path, type) {
  const answer = await fetch(path, { headers: { Accept: type } });
  const isStranger = answer.status === 401 || new URL(answer.url).pathname === "/sign-in";
  if (isStranger) window.location.assign(`/sign-in?next=${encodeURIComponent(`/switches/${switchId}`)}`);
  if (!answer.ok) throw new Error(isStranger ? "signed out" : `status ${answer.status}`);
  return answer;
}

async function look() {
  const row = await (await asked(`/api/switches/${switchId}`, "application/json")).json();
  if (row.position === shownPosition && Date.now() - shownAt < LOOK_AGAIN_MILLISECONDS) return row;
  show(await (await asked(`/switches/${switchId}`, "text/html")).text());
  shownPosition = row.position;
  shownAt = Date.now();
  return row;
}

async function refresh() {
  if (document.hidden) return tell("paused", "paused while the page is hidden");
  if (isAsking) return;
  isAsking = true;
  try {
    const row = await look();
    answeredAt = Date.now();
    failure.hidden = true;
    tell("live", row.outcome ? "ended" : "live");
  } catch (error) {
    tell("stale", `no answer, what you see is ${Math.round((Date.now() - answeredAt) / 1000)} s old`);
    failure.textContent = `The console does not answer (${error.message}). Start it with “planswitch up”.`;
    failure.hidden = false;
  } finally {
    isAsking = false;
  }
}

document.addEventListener("visibilitychange", refresh);
setInterval(refresh, POLL_MILLISECONDS);
refresh();

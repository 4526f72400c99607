"use strict";
// One switch: asks the API every two seconds while the page is seen, shows anew what has changed, and says when
// it could not (live.js). A form that somebody works with is never replaced; then it is said that it is out of date.

const POLL_MILLISECONDS = 2000;
// What no event tells, such as a lost workflow, is looked at so often.
const LOOK_AGAIN_MILLISECONDS = 30000;

const { switch: switchId, position } = document.getElementById("switch").dataset;
let shownPosition = Number(position);
let shownAt = Date.now();

function isTouched(field) {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox") return field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

function isInUse(block) {
  const isOpen = block.querySelector("details[open]") !== null;
  const fields = [...block.querySelectorAll("input, textarea")];
  return isOpen || block.contains(document.activeElement) || fields.some(isTouched);
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

async function asked(path, type) {
  const answer = await LiveMark.ask(path, type);
  const isStranger = answer.status === 401 || new URL(answer.url).pathname === "/sign-in";
  if (isStranger) window.location.assign(`/sign-in?next=${encodeURIComponent(`/switches/${switchId}`)}`);
  if (!answer.ok) throw new Error(isStranger ? "signed out" : `status ${answer.status}`);
  return answer;
}

async function look() {
  const row = await (await asked(`/api/v1/switches/${switchId}`, "application/json")).json();
  const word = row.outcome ? "ended" : "live";
  if (row.position === shownPosition && Date.now() - shownAt < LOOK_AGAIN_MILLISECONDS) return word;
  show(await (await asked(`/switches/${switchId}`, "text/html")).text());
  shownPosition = row.position;
  shownAt = Date.now();
  return word;
}

function refresh() {
  return LiveMark.refresh(look);
}

document.addEventListener("visibilitychange", refresh);
setInterval(refresh, POLL_MILLISECONDS);
refresh();

"use strict";
// The list of switches: asks the API every two seconds while the page is seen, and says when it could not (live.js).

const POLL_MILLISECONDS = 2000;
const table = document.getElementById("switches");
const body = table.querySelector("tbody");
// Stage -> meaning, icon and word, as the server has them; every other stage goes on by itself.
const marks = JSON.parse(table.dataset.marks);

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function money(minorUnits, currency) {
  if (minorUnits === null || !currency) return "–";
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits;
  const figure = format.format(Math.abs(minorUnits) / 10 ** digits);
  return minorUnits < 0 ? `${figure} credited` : figure;
}

// Text of the API without its marks of code and links.
function plain(text) {
  return text.replaceAll("`", "").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
}

function instant(text) {
  return text ? text.slice(0, 19).replace("T", " ") : "–";
}

function statusCell(row) {
  const [meaning, icon, word] = marks[row.stage] || ["busy", "▶", row.stage.replaceAll("_", " ")];
  const mark = element("span", { class: "icon", "aria-hidden": "true" }, icon);
  const status = element("span", { class: "status", "data-meaning": meaning }, mark, word);
  const cell = element("td", {}, status);
  if (row.incomplete_since !== null) {
    const words = `incomplete since version ${row.incomplete_since}: see planswitch projection status`;
    cell.append(element("div", { class: "small" }, words));
  }
  for (const each of row.attention) {
    const mark = element("span", { "aria-hidden": "true" }, "▲ ");
    cell.append(element("div", { class: "small attention" }, mark, `attention: ${each.what} (since ${instant(row.alarmed_at)} UTC)`));
  }
  if (row.promises_missed.length) {
    const missed = row.promises_missed.map((name) => name.replaceAll("_", " ")).join(", ");
    cell.append(element("div", { class: "small" }, `promise missed: ${missed}`));
  }
  if (row.outside_acts.length) {
    const acts = row.outside_acts.map((act) => act.replaceAll("_", " ")).join(", ");
    cell.append(element("div", { class: "small" }, `done in Temporal, past the console: ${acts}`));
  }
  if (row.void_warned_at && !row.outcome) {
    cell.append(element("div", { class: "small" }, `order voidable for nothing until ${instant(row.voidable_until)} UTC`));
  }
  for (const each of row.workflow_troubles) {
    cell.append(element("div", { class: "small attention" }, `${each.code}: ${plain(each.message)}`));
    cell.append(element("div", { class: "small" }, `What to do: ${plain(each.remedy)}`));
  }
  if (row.error_code) cell.append(element("div", { class: "small" }, `${row.error_code}: ${plain(row.error_message)}`));
  return cell;
}

function usersCell(row) {
  if (!row.total) return element("td", {}, "–");
  const parts = [`${row.moved} of ${row.total} moved`];
  if (row.joined_late) parts.push(`${row.joined_late} joined late`);
  if (row.failed) parts.push(`${row.failed} failed`);
  if (row.skipped) parts.push(`${row.skipped} skipped`);
  const text = parts.join(", ");
  const bar = element("progress", { max: row.total, value: row.moved, "aria-label": text });
  return element("td", {}, text, bar);
}

function waitCell(row) {
  const cell = element("td", {}, row.waits_for || "–");
  if (!row.waits_for) return cell;
  const parts = row.waits_since ? [`since ${instant(row.waits_since)} UTC`] : [];
  if (row.looks_soon) parts.push("looks again soon");
  else if (row.looks_at) parts.push(`looks again ${instant(row.looks_at)} UTC`);
  if (parts.length) cell.append(element("div", { class: "small" }, parts.join("; ")));
  return cell;
}

function line(row) {
  const id = row.organization_id;
  const name = row.organization_name ? `${row.organization_name} (${id.slice(0, 8)})` : id;
  const organization = element("div", { class: "organization", title: id }, name);
  const code = element("code", { title: row.switch_id }, row.switch_id.slice(0, 8));
  const link = element("a", { href: `/switches/${row.switch_id}` }, code);
  const total = money(row.quote_total, row.currency);
  const charged = money(row.charged_total, row.currency);
  const called = row.attention.length ? { class: "called" } : {};
  return element("tr", { id: `switch-${row.switch_id}`, ...called },
    statusCell(row),
    element("td", {}, link, organization),
    element("td", {}, `${row.source_plan} → ${row.target_plan}`),
    usersCell(row),
    waitCell(row),
    element("td", { class: "amount" }, `${total} → ${charged}`),
    element("td", {}, instant(row.requested_at), element("div", { class: "small" }, `by ${row.requested_by}`)));
}

// Makes a node like a fresh one, and touches nothing that is so already: focus and selection stay where they are.
function becomeLike(node, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  const wanted = [...fresh.childNodes];
  while (node.childNodes.length > wanted.length) node.lastChild.remove();
  wanted.forEach((child, index) => {
    const known = node.childNodes[index];
    if (!known) node.append(child);
    else if (known.nodeName !== child.nodeName) known.replaceWith(child);
    else if (child.nodeType === Node.ELEMENT_NODE) becomeLike(known, child);
    else if (known.data !== child.data) known.data = child.data;
  });
}

function leave(row) {
  const isFocused = row.contains(document.activeElement);
  const heir = row.nextElementSibling || row.previousElementSibling;
  row.remove();
  if (isFocused) (heir?.querySelector("a") || document.getElementById("list")).focus();
}

// A switch keeps its place in the list: rows leave, come in between, or change where they are; none is moved.
function showRows(rows) {
  const wanted = new Map(rows.map((row) => [`switch-${row.switch_id}`, row]));
  for (const known of [...body.children]) if (!wanted.has(known.id)) leave(known);
  let place = body.firstElementChild;
  for (const [id, row] of wanted) {
    const known = document.getElementById(id);
    if (known) becomeLike(known, line(row));
    if (known && known === place) place = place.nextElementSibling;
    else body.insertBefore(known || line(row), place);
  }
}

// Rows that stand before the page's own, since they call for somebody.
function addition(count) {
  if (!count) return "";
  return count === 1 ? ", and 1 more that needs attention" : `, and ${count} more that need attention`;
}

function showCounts(answer, rows) {
  const { counts } = answer;
  for (const shown of document.querySelectorAll("[data-count]")) {
    const name = shown.dataset.count;
    const text = String(counts[name] ?? counts.stages[name] ?? 0);
    if (shown.textContent !== text) shown.textContent = text;
  }
  const shown = answer.switches.length;
  const all = `${shown} of ${answer.total} switch${answer.total === 1 ? "" : "es"}`;
  const text = shown ? `${all}${addition(rows - shown)}` : "";
  const summary = document.getElementById("summary");
  if (summary.textContent !== text) summary.textContent = text;
}

function showNext(after) {
  const link = document.getElementById("next");
  link.hidden = after === null;
  if (after === null) return;
  const address = new URL(table.dataset.first, window.location.origin);
  address.searchParams.set("after", after);
  const path = `${address.pathname}${address.search}`;
  if (link.getAttribute("href") !== path) link.setAttribute("href", path);
}

// The first page of all switches begins with those that call for somebody, wherever the list has them.
function pinned(answer) {
  const query = new URL(table.dataset.source, window.location.origin).searchParams;
  if (["after", "stage", "organization", "find"].some((name) => query.has(name))) return answer.switches;
  const called = new Set(answer.attention.map((row) => row.switch_id));
  return [...answer.attention, ...answer.switches.filter((row) => !called.has(row.switch_id))];
}

function show(answer) {
  const rows = pinned(answer);
  showRows(rows);
  table.hidden = answer.switches.length === 0;
  document.getElementById("empty").hidden = answer.switches.length > 0;
  showCounts(answer, rows.length);
  showNext(answer.next);
}

async function look() {
  const answer = await LiveMark.ask(table.dataset.source, "application/json");
  if (answer.status === 401) window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
  const found = await answer.json();
  if (!answer.ok) throw new Error(`${found.code}: ${found.detail} ${found.remedy}`);
  show(found);
  return "live";
}

function refresh() {
  return LiveMark.refresh(look);
}

document.addEventListener("visibilitychange", refresh);
setInterval(refresh, POLL_MILLISECONDS);
refresh();

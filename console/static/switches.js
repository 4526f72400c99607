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
  if (row.error_code) cell.append(element("div", { class: "small" }, `${row.error_code}: ${row.error_message}`));
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

function line(row) {
  const organization = element("div", { class: "organization" }, row.organization_id);
  const code = element("code", { title: row.switch_id }, row.switch_id.slice(0, 8));
  const link = element("a", { href: `/switches/${row.switch_id}` }, code);
  const total = money(row.quote_total, row.currency);
  const charged = money(row.charged_total, row.currency);
  return element("tr", { id: `switch-${row.switch_id}` },
    statusCell(row),
    element("td", {}, link, organization),
    element("td", {}, `${row.source_plan} → ${row.target_plan}`),
    usersCell(row),
    element("td", {}, row.waits_for || "–"),
    element("td", { class: "amount" }, `${total} → ${charged}`),
    element("td", {}, instant(row.requested_at), element("div", { class: "small" }, `by ${row.requested_by}`)));
}

function show(rows) {
  body.replaceChildren(...rows.map(line));
  table.hidden = rows.length === 0;
  document.getElementById("empty").hidden = rows.length > 0;
  const running = rows.filter((row) => !row.outcome).length;
  const summary = document.getElementById("summary");
  const text = rows.length ? `${running} running, ${rows.length - running} ended, of the newest ${rows.length}` : "";
  if (summary.textContent !== text) summary.textContent = text;
}

async function look() {
  const answer = await LiveMark.ask("/api/switches?limit=100", "application/json");
  if (answer.status === 401) window.location.assign("/sign-in");
  const found = await answer.json();
  if (!answer.ok) throw new Error(`${found.code}: ${found.detail} ${found.remedy}`);
  show(found.switches);
  return "live";
}

function refresh() {
  return LiveMark.refresh(look);
}

document.addEventListener("visibilitychange", refresh);
setInterval(refresh, POLL_MILLISECONDS);
refresh();

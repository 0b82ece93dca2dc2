// What makes the pages more comfortable. Every page works without it.

/** Times in the reader's zone; UTC stays in the tooltip. */
function localTimes(root) {
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of root.querySelectorAll("time[data-local]")) {
    const date = new Date(time.dateTime);
    if (!Number.isNaN(date.getTime())) time.textContent = format.format(date);
  }
}

/** Buttons that copy what stands in another element. */
function copyButtons(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy]")) {
    const source = root.querySelector(button.dataset.copy);
    if (!source) continue;
    const label = button.firstChild;
    const text = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.value ?? source.textContent);
        label.textContent = "Copied";
      } catch {
        label.textContent = "Not copied: select it";
      }
      setTimeout(() => { label.textContent = text; }, 2000);
    });
  }
}

/** A scanner's run, asked for every second until it ends. */
function progress(element) {
  const bar = element.querySelector("progress");
  const text = element.querySelector("[data-progress-text]");
  let failures = 0;
  const timer = setInterval(async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(element.dataset.progress, { headers: { Accept: "application/json" } });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      const run = await response.json();
      failures = 0;
      bar.max = Math.max(run.total, 1);
      bar.value = run.done;
      text.textContent = run.isRunning ? run.text : `Finished: ${run.text}`;
      if (!run.isRunning) {
        clearInterval(timer);
        bar.value = bar.max;
      }
    } catch {
      failures += 1;
      if (failures > 5) clearInterval(timer);
    }
  }, 1000);
}

/** Fields that are left as they are do not stand in the address. */
function shortAddresses(form) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      if (field.name && field.value === "") field.disabled = true;
    }
  });
  // Coming back by the browser's button.
  window.addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
  });
}

localTimes(document);
copyButtons(document);
for (const element of document.querySelectorAll("[data-progress]")) progress(element);
for (const form of document.querySelectorAll("form.filters")) shortAddresses(form);
const mistakes = document.getElementById("mistakes");
if (mistakes) mistakes.focus();
// On wide screens there is room for all filters at once.
const wide = window.matchMedia("(min-width: 900px)");
for (const details of document.querySelectorAll("details[data-open-wide]")) {
  const isUsed = [...details.querySelectorAll("select")].some((select) => select.selectedIndex > 0);
  const follow = () => { details.open = wide.matches || isUsed; };
  follow();
  wide.addEventListener("change", follow);
}

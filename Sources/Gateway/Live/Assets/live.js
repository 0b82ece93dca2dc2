// Keeps the page as it is on the server, once a second: the same page is asked for again, and what changed is put in its
// place. So there is one way from figures to text, and without this script nothing is missing but the updating.
(() => {
    "use strict";

    const every = 1000;       // ms between an answer and the next question
    const longest = 15000;    // ms between two tries while nobody answers
    const patience = 8000;    // ms until a question counts as not answered

    const state = document.getElementById("state");
    const pause = document.getElementById("pause");
    const filter = document.getElementById("filter");
    const shown = new Map();  // region's id → its content as the server sent it
    let timer = 0;
    let running = null;       // the question that is under way
    let failures = 0;
    let updatedAt = new Date();

    // What a form did is told once.
    const address = new URL(location.href);
    address.searchParams.delete("replayed");
    address.searchParams.delete("more");
    address.searchParams.delete("refresh");
    history.replaceState(null, "", address);

    const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const clock = new Intl.DateTimeFormat(undefined, { ...parts, second: "2-digit" });
    const day = new Intl.DateTimeFormat(undefined, { ...parts, year: "numeric", month: "short", day: "numeric" });

    // In the reader's zone; UTC stays in the title.
    function localise(root) {
        for (const time of root.querySelectorAll("time[datetime]")) {
            const date = new Date(time.getAttribute("datetime"));
            if (Number.isNaN(date.getTime())) continue;
            const isToday = date.toDateString() === new Date().toDateString();
            time.textContent = (isToday ? clock : day).format(date);
        }
    }

    // Says it only when it changes: screen readers read it out.
    function say(text, kind) {
        if (state.textContent === text) return;
        state.textContent = text;
        state.className = kind ? "state " + kind : "state";
    }

    function put(region, fresh) {
        const html = fresh.innerHTML;
        if (shown.get(region.id) === html) return;
        const isFirst = !shown.has(region.id);
        shown.set(region.id, html);
        const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
        const scrolled = [...region.querySelectorAll(".scroll")].map((element) => element.scrollLeft);
        const known = new Set([...region.querySelectorAll("tr[data-key]")].map((row) => row.dataset.key));
        localise(fresh);
        const rows = [...fresh.querySelectorAll("tr[data-key]")];
        const arrived = rows.filter((row) => !known.has(row.dataset.key));
        // Where nearly all is new nothing stands out.
        if (!isFirst && arrived.length * 2 < rows.length) arrived.forEach((row) => row.classList.add("fresh"));
        region.replaceChildren(...fresh.childNodes);
        [...region.querySelectorAll(".scroll")].forEach((element, index) => { element.scrollLeft = scrolled[index] || 0; });
        if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    }

    // Nobody's selection is taken away while it is being copied.
    function isSelecting(region) {
        const selection = getSelection();
        return selection && !selection.isCollapsed && region.contains(selection.anchorNode);
    }

    async function update() {
        clearTimeout(timer);
        running?.abort();
        const question = new AbortController();
        running = question;
        const alarm = setTimeout(() => question.abort(), patience);
        try {
            const answer = await fetch(address, { signal: question.signal, credentials: "same-origin", cache: "no-store" });
            if (!answer.ok || answer.redirected) throw new Error("status " + answer.status);
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            if (running !== question) return;
            for (const region of document.querySelectorAll("[data-live]")) {
                const fresh = page.getElementById(region.id);
                if (!fresh) throw new Error("not this page");
                if (!isSelecting(region)) put(region, document.importNode(fresh, true));
            }
            failures = 0;
            updatedAt = new Date();
            say("Live, every second", "live");
        } catch {
            if (running !== question) return;
            failures += 1;
            // One that is missed is no news.
            if (failures > 1) say("Not updated since " + clock.format(updatedAt) + "; trying again", "stopped");
        } finally {
            clearTimeout(alarm);
            if (running === question) {
                running = null;
                plan();
            }
        }
    }

    function plan() {
        clearTimeout(timer);
        if (document.hidden || isPaused()) return;
        timer = setTimeout(update, failures ? Math.min(longest, every * 2 ** (failures - 1)) : every);
    }

    function isPaused() { return pause.getAttribute("aria-pressed") === "true"; }

    pause.hidden = false;
    pause.setAttribute("aria-pressed", "false");
    pause.addEventListener("click", () => {
        const pausing = !isPaused();
        pause.setAttribute("aria-pressed", String(pausing));
        if (pausing) {
            clearTimeout(timer);
            running?.abort();
            running = null;
            say("Paused at " + clock.format(updatedAt), "");
        } else {
            update();
        }
    });

    document.addEventListener("visibilitychange", () => {
        if (document.hidden) clearTimeout(timer);
        else if (!isPaused()) update();
    });

    function choose() {
        for (const [name, value] of new FormData(filter)) {
            if (value && name !== "refresh") address.searchParams.set(name, value);
            else address.searchParams.delete(name);
        }
        history.replaceState(null, "", address);
        update();
    }
    // Not at every key.
    let typing = 0;
    filter.addEventListener("input", () => {
        clearTimeout(typing);
        typing = setTimeout(choose, 200);
    });
    filter.addEventListener("submit", (event) => {
        event.preventDefault();
        choose();
    });

    localise(document);
    update();
})();

// Before anything is drawn: what only works with scripts, and what it takes the place of, changes without a flicker.
document.documentElement.classList.add("js");

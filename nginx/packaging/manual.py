#!/usr/bin/env python3
"""Writes a manual page from what a program says of itself: `PROGRAM --experimental-dump-help | manual.py VERSION DATE`."""

import json
import re
import sys


def escape(text: str) -> str:
    """A line of text as roff takes it literally."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\\&" + text if text[:1] in (".",) else text


def paragraphs(text: str) -> list[str]:
    """Flowing text as paragraphs; indented lines stay as they are."""
    lines, literal = [], False
    for line in text.splitlines():
        is_literal = line.startswith("  ")
        if is_literal != literal:
            lines.append(".nf" if is_literal else ".fi")
            literal = is_literal
        if not line.strip():
            lines.append(".fi\n.PP" if literal else ".PP")
            literal = False
        elif re.fullmatch(r"[A-Z][A-Z ()a-z]*", line) and line.split(" (")[0].isupper():
            lines.append(f".B {escape(line)}\n.br")
        else:
            lines.append(escape(line))
    return lines + ([".fi"] if literal else [])


def name_of(argument: dict) -> str:
    names = [("--" if name["kind"] == "long" else "-") + name["name"] for name in argument.get("names") or []]
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        return f"\\fI{escape(value)}\\fR"
    text = ", ".join(f"\\fB{escape(name)}\\fR" for name in names)
    return text if argument["kind"] == "flag" else f"{text} \\fI{escape(value)}\\fR"


def command(node: dict, path: list[str], depth: int) -> list[str]:
    lines = []
    if depth:
        lines.append(f".SS {escape(' '.join(path))}")
        lines += paragraphs(node.get("abstract", ""))
    shown = [one for one in node.get("arguments") or []
             if one.get("shouldDisplay", True) and not {"help", "version"} & {n["name"] for n in one.get("names") or []}]
    for argument in shown:
        lines.append(".TP")
        lines.append(name_of(argument))
        help_text = " ".join(filter(None, [argument.get("abstract"), argument.get("discussion")]))
        if default := argument.get("defaultValue"):
            help_text += f" (default: {default})"
        lines.append(escape(" ".join(help_text.split())) or "\\&")
    if depth and (text := node.get("discussion")):
        lines += [".PP"] + paragraphs(text)
    for child in node.get("subcommands") or []:
        if child["commandName"] != "help":
            lines += command(child, [*path, child["commandName"]], depth + 1)
    return lines


def main() -> None:
    version, date = sys.argv[1:3]
    root = json.load(sys.stdin)["command"]
    name = root["commandName"]
    lines = [
        f'.TH {name.upper()} 1 {date} "{name} {version}" "User commands"',
        ".nh", ".ad l",
        ".SH NAME", f"{escape(name)} \\- {escape(root['abstract'].rstrip('.'))}",
        ".SH SYNOPSIS", f".B {escape(name)}", "\\fIcommand\\fR [\\fIoptions\\fR]",
        ".SH DESCRIPTION", *paragraphs(root.get("discussion", "")),
        ".SH COMMANDS", *command(root, [name], 0),
        ".SH SEE ALSO",
        ".BR hydra (1)," if name != "hydra" else ".BR hydra\\-gateway (1),", ".BR nginx (8)", "",
    ]
    # Blank requests in a row say nothing.
    print(re.sub(r"(\.PP\n)+", ".PP\n", "\n".join(lines)), end="")


main()

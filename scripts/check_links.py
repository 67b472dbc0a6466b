"""Checks that every relative link and anchor in the Markdown files points to something that is there."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    found = set()
    for heading in re.findall(r"^#+\s+(.*)$", text, re.M):
        slug = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        found.add(slug)
    return found


def problems(page: pathlib.Path) -> list[str]:
    text = page.read_text(encoding="utf-8")
    body = re.sub(r"```.*?```", "", text, flags=re.S)
    found = []
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", body):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            found.append(f"{page.relative_to(ROOT)}: no file {target}")
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8")):
            found.append(f"{page.relative_to(ROOT)}: no heading {target}")
    return found


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    found = [problem for name in listed if name for problem in problems(ROOT / name)]
    print("\n".join(found) if found else f"{sum(1 for name in listed if name)} pages, every link leads somewhere")
    return 1 if found else 0


sys.exit(main())

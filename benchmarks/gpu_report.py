"""What gpu_all.py has found as Markdown: a table of all steps, and what each says."""


def markdown(report: dict) -> str:
    lines = ["# What a GPU has shown", ""]
    lines += [f"- {name}: {value}" for name, value in report["machine"].items()]
    lines += ["", "| what | s | found |", "|---|---:|---|"]
    lines += [f"| {name} | {values['seconds']} | {summary(values)} |" for name, values in report["steps"].items()]
    for name, values in report["steps"].items():
        lines += ["", f"## {name} ({values['seconds']} s)", ""]
        for key, value in values.items():
            rows = [{"what": k, "value": v} for k, v in value.items()] if isinstance(value, dict) else value
            if isinstance(rows, str) and "\n" in rows:
                lines += [f"{key}:", "", "```", rows.rstrip(), "```"]
            elif isinstance(rows, list) and rows and isinstance(rows[0], dict):
                lines += ["", "| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
                lines += ["| " + " | ".join(short(each) for each in row.values()) + " |" for row in rows]
            elif key != "seconds":
                lines.append(f"- {key}: {short(rows)}")
    return "\n".join(lines) + "\n"


def summary(values: dict) -> str:
    """The numbers and short words of a step, in one line."""
    single = {key: value for key, value in values.items() if not isinstance(value, dict | list) and key != "seconds"}
    return ", ".join(f"{key} {short(value)}" for key, value in single.items() if "\n" not in str(value))


def short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)

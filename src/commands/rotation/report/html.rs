//! A report as a page: one file that loads nothing, for a dark screen, a light one, and paper.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::commands::rotation::report::page::{comparison, headline, moment, summary};
use crate::commands::rotation::report::{ReportView, timeline};
use crate::commands::shared::markup::escaped;
use crate::ops::rotate::story::End;
use crate::ui::{Cell, Tabular, Tone};

const STYLE: &str = "
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#57606a;--rule:#d0d7de;--well:#116329;--bad:#a40e26;--warn:#7a4e00;
--waiting:#e6e9ed;--emptying:#bcd7f5;--batch:#f3dca6;--sealing:#d6c9f0;--empty:#f7f7f7;--changing:#f6c8c8;--returning:#cfe8d5;--ink:#1b1f2466}
@media (prefers-color-scheme:dark){:root{--bg:#0f1318;--fg:#e3e8ee;--dim:#9aa5b1;--rule:#333b45;--well:#56d364;--bad:#ff8f87;--warn:#e3b341;
--waiting:#2a313a;--emptying:#1f4a78;--batch:#5c4713;--sealing:#443568;--empty:#171c22;--changing:#5d2a2a;--returning:#234a31;--ink:#e3e8ee55}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:75rem;padding:1.5rem;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--rule)}
p{margin:.25rem 0}.dim{color:var(--dim)}.state{font-weight:600}
.good{color:var(--well)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th{text-align:left;font-weight:600;color:var(--dim);white-space:nowrap}th,td{padding:.25rem .5rem;border-bottom:1px solid var(--rule);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.id{font-family:ui-monospace,monospace;font-size:.8rem}
svg{max-width:100%;height:auto}svg text{font:11px ui-monospace,monospace;fill:var(--fg)}svg .node{font-weight:700;font-size:12px}svg .alloc,svg .tick{fill:var(--dim);font-size:10px}
svg .label{font-size:11px;paint-order:stroke;stroke:var(--bg);stroke-width:3px}svg .mark{font-size:13px;fill:var(--well)}
.grid{stroke:var(--rule);fill:none}.bar{stroke:var(--fg);stroke-width:.6}.ink{fill:var(--ink)}.line{stroke:var(--ink);fill:none}
.f-waiting{fill:var(--waiting)}.f-emptying{fill:var(--emptying)}.f-batch{fill:var(--batch)}.f-sealing{fill:var(--sealing)}.f-empty{fill:var(--empty)}.f-changing{fill:var(--changing)}.f-returning{fill:var(--returning)}
.leaving{stroke:var(--warn);stroke-width:2;stroke-dasharray:2 3;fill:none}.starting{stroke:var(--fg);stroke-width:3;fill:none}
svg .well{fill:var(--well)}svg .bad{fill:var(--bad)}svg .open{fill:var(--warn)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.2rem;padding:0;font-size:.85rem}
@media print{:root{--bg:#fff;--fg:#000;--dim:#333;--rule:#999;--well:#000;--bad:#000;--warn:#000;--waiting:#fff;--emptying:#fff;--batch:#fff;--sealing:#fff;--empty:#fff;--changing:#fff;--returning:#fff;--ink:#000a}
body{max-width:none;padding:0;font-size:11px}h2{break-after:avoid}tr,svg{break-inside:avoid}thead{display:table-header-group}.wide{overflow:visible}}
";

pub(super) fn page(report: &ReportView, now: Timestamp) -> String {
    let story = &report.story;
    let tone = match story.state {
        End::Finished => "good",
        End::Open => "warn",
        End::Stopped => "bad",
    };
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    let name = escaped(&story.rotation);
    let _ = write!(out, "<title>Rotation {name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n");
    let _ = writeln!(out, "<h1>Rotation {name}</h1>");
    let _ = writeln!(out, "<p class=\"state {tone}\">{}</p>", escaped(&headline(story)));
    let facts = [
        report.by.as_ref().map(|by| format!("by {by}")),
        story.begun_at.map(|at| format!("begun {}", moment(at))),
        story.last_at.map(|at| format!("last event {}", moment(at))),
        Some(format!("this page was written {}", moment(now))),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    let _ = writeln!(out, "<p class=\"dim\">{}</p>", escaped(&facts.join(" \u{b7} ")));
    for remark in summary(story) {
        let _ = writeln!(out, "<p class=\"warn\">{}</p>", escaped(&remark));
    }
    let _ =
        write!(out, "<h2>Timeline (UTC)</h2>\n<div class=\"wide\">{}</div>\n", timeline::draw(story, now));
    let mut compared = comparison(story).peekable();
    if compared.peek().is_some() {
        out.push_str("<h2>Forecast and reality</h2>\n<ul>");
        compared.for_each(|line| {
            let _ = write!(out, "<li>{}</li>", escaped(&line));
        });
        out.push_str("</ul>\n");
    }
    table(&mut out, "Services, by what was moved here", &story.groups);
    table(&mut out, "Nodes", &story.nodes);
    table(&mut out, "Allocations", &story.moves);
    table(&mut out, "What happened, and why (UTC)", &report.decisions);
    out.push_str("</body>\n</html>\n");
    out
}

fn table<T: Tabular>(out: &mut String, title: &str, rows: &[T]) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(out, "<h2>{title}</h2>\n<div class=\"wide\"><table><thead><tr>");
    let class = |right: bool| if right { " class=\"n\"" } else { "" };
    for column in T::COLUMNS {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(column.right), column.title.to_lowercase());
    }
    out.push_str("</tr></thead><tbody>\n");
    for cells in rows.iter().map(Tabular::cells) {
        out.push_str("<tr>");
        for (cell, column) in cells.iter().zip(T::COLUMNS) {
            let tone = match (cell, cell.tone()) {
                (Cell::Id(_), _) => "id",
                (_, Tone::Good) => "good",
                (_, Tone::Bad) => "bad",
                (_, Tone::Warn) => "warn",
                _ => "",
            };
            let class = match (column.right, tone) {
                (true, tone) => format!(" class=\"n {tone}\""),
                (false, "") => String::new(),
                (false, tone) => format!(" class=\"{tone}\""),
            };
            let _ = write!(out, "<td{class}>{}</td>", escaped(&cell.plain()));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}

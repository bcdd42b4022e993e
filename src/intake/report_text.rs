//! The intake report as people read it.

use super::report::{Finding, IntakeReport};
use std::fmt::{self, Write};

/// In which language texts for people are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Chinese, with English beside it.
    #[default]
    Both,
    Zh,
    En,
}

impl Lang {
    /// `zh` and `en` as this language shows them.
    #[must_use]
    pub fn say(self, zh: &str, en: &str) -> String {
        match self {
            Self::Both => format!("{zh} {en}"),
            Self::Zh => zh.to_owned(),
            Self::En => en.to_owned(),
        }
    }
}

impl IntakeReport {
    /// The report as text of several lines, the most important first.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        // Writing to a string doesn't fail.
        let _ = self.write_text(lang, &mut out);
        out
    }

    fn write_text(&self, lang: Lang, out: &mut String) -> fmt::Result {
        writeln!(out, "{} → {} ({})", self.file, self.layer, self.read_as)?;
        if let Some(mapping) = &self.mapping {
            writeln!(out, "{}: {mapping}", lang.say("映射", "mapping"))?;
        }
        if !self.columns.is_empty() {
            let columns = self.columns.iter().map(|it| {
                format!("{} ← {}", it.field, if it.columns.is_empty() { "geometry".to_owned() } else { it.columns.join(" | ") })
            });
            writeln!(out, "{}: {}", lang.say("列", "columns"), columns.collect::<Vec<_>>().join(", "))?;
        }
        if !self.unused_columns.is_empty() {
            writeln!(out, "{}: {}", lang.say("未用的列", "unused columns"), self.unused_columns.join(", "))?;
        }
        if !self.time_formats.is_empty() {
            writeln!(out, "{}: {}", lang.say("时间格式", "time formats"), self.time_formats.join(" | "))?;
        }
        writeln!(
            out,
            "{}: {}   {}: {}   {}: {}",
            lang.say("行数", "rows"),
            self.rows,
            lang.say("接收", "accepted"),
            self.accepted,
            lang.say("拒绝", "rejected"),
            self.rejected_rows()
        )?;
        findings(lang, &lang.say("拒绝的行", "Rejected rows"), &self.rejected, out)?;
        findings(lang, &lang.say("提示", "Warnings"), &self.warnings, out)
    }
}

fn findings(lang: Lang, title: &str, findings: &[Finding], out: &mut String) -> fmt::Result {
    const SHOWN: usize = 3;
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "{title}")?;
    for finding in findings {
        writeln!(out, "  {} × {}", finding.count, lang.say(finding.problem.zh(), finding.problem.en()))?;
        let told = finding.examples.iter().filter(|example| !example.text.is_empty()).take(SHOWN);
        for example in told.clone() {
            match example.row {
                Some(row) => writeln!(out, "      {} {row}: {}", lang.say("行", "row"), example.text)?,
                None => writeln!(out, "      {}", example.text)?,
            }
        }
        let rest: Vec<String> = finding.examples.iter().filter_map(|example| example.row).map(|row| row.to_string()).collect();
        let rest = rest.get(told.count()..).unwrap_or_default();
        if !rest.is_empty() {
            let more = if finding.count > finding.examples.len() as u64 { " …" } else { "" };
            writeln!(out, "      {} {}{more}", lang.say("行", "rows"), rest.join(", "))?;
        }
    }
    Ok(())
}

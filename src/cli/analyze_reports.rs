//! A file of reports as the frames that response times are computed from.

use crate::{
    analytics::{
        Directory, Frames, Key, Metric,
        fold::{Event, Outline, fold_until},
        frames::{CaseRow, Placed},
    },
    case::REPORT,
    intake::{self, Context as IntakeContext, IntakeReport, Mapping, ReportDraft},
    service::read_table,
};
use anyhow::Context;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::path::Path;

/// The zone of a file whose mapping names none.
const DEFAULT_ZONE: Tz = chrono_tz::Asia::Shanghai;

/// How many row numbers are named for each reason of rejection.
const EXAMPLES: usize = 5;

/// A file of reports, read.
pub struct ReportsFile {
    pub frames: Frames,
    pub zone: Tz,
    /// The latest submission, closing or other stage in the file.
    pub observed_until: Option<DateTime<Utc>>,
    /// Whether the file tells of stages between submission and closing.
    has_stages: bool,
}

impl ReportsFile {
    /// # Errors
    /// What is wrong with the file or the mapping. Bad rows are left out, and named on stderr.
    pub async fn read(path: &Path, mapping: Option<&Path>, as_of: Option<DateTime<Utc>>) -> anyhow::Result<Self> {
        let mapping = mapping.map(Mapping::read).transpose()?.unwrap_or_default();
        let table = read_table(path, &mapping.read_options()).await?;
        let zone = mapping.time.zone.unwrap_or(DEFAULT_ZONE);
        let (drafts, report) = intake::read_reports(&table, &mapping, &IntakeContext::in_zone(zone))
            .with_context(|| path.display().to_string())?;
        say_what_is_left_out(&report);
        let as_of = as_of.unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut names = Directory::default();
        let kind = names.key(REPORT);
        let rows: Vec<_> = (0..).zip(&drafts).map(|(case, draft)| case_row(&mut names, case, kind, draft, as_of)).collect();
        let latest = |draft: &ReportDraft| draft.events.iter().map(|event| event.at).chain(draft.closed_at).max();
        Ok(Self {
            observed_until: drafts.iter().filter_map(latest).max(),
            has_stages: !mapping.stages.is_empty(),
            frames: Frames::of_cases(names, &rows)?,
            zone,
        })
    }

    /// Without stages a file knows closings only: any action would be the closing itself.
    pub fn metrics(&self) -> Vec<Metric> {
        let known = |metric: &Metric| metric.is_duration() && (self.has_stages || *metric == Metric::SubmitToClose);
        Metric::ALL.iter().copied().filter(known).collect()
    }
}

fn say_what_is_left_out(report: &IntakeReport) {
    if report.rejected_rows() > 0 {
        eprintln!("{}: {} of {} rows left out:", report.file, report.rejected_rows(), report.rows);
    }
    for finding in &report.rejected {
        let rows: Vec<_> = finding.examples.iter().filter_map(|example| example.row).take(EXAMPLES).collect();
        eprintln!("  {} ({} rows, the first: {rows:?})", finding.problem, finding.count);
    }
}

/// The label of a report stands for its grid.
fn case_row(names: &mut Directory, case: Key, kind: Key, draft: &ReportDraft, as_of: DateTime<Utc>) -> CaseRow {
    let outline = Outline { submitted_at: draft.submitted_at, state: draft.state, closed_at: draft.closed_at };
    let events: Vec<_> = draft
        .events
        .iter()
        .map(|event| Event { transition: event.transition, at: event.at, actor: event.actor.as_deref() })
        .collect();
    CaseRow {
        case,
        kind,
        category: names.key(&draft.category),
        at: Placed { grid: draft.label.as_deref().map(|label| names.key(label)), ..Placed::default() },
        worker: None,
        stages: fold_until(&outline, &events, as_of).stages,
        due_at: None,
    }
}

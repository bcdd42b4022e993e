//! Reports, with what their rows tell of their life → the store.

use super::{
    ImportError, Job, blocking,
    kept::{Said, keep, keep_text},
    read_drafts,
};
use crate::{
    case::{Case, CaseText, REPORT, State, Transition},
    intake::{self, IntakeReport, ReportDraft},
    layer::Layer,
    place::{Id, Placement},
    service::{Service, timeline::Stretch},
    store::{CasesWritten, RowEvents, Writer, Written},
    table::Table,
};
use std::collections::{BTreeMap, HashMap};

/// A case with its text, and what its row tells.
type Told = (Case, Option<CaseText>, RowEvents);

impl Service {
    pub(super) async fn import_reports(
        &self,
        job: &Job,
        table: Table,
        writer: &mut Writer,
    ) -> Result<(IntakeReport, Written), ImportError> {
        let (mut drafts, report) = read_drafts(job, None, table, intake::read_reports).await?;
        keep(&mut drafts, &report, &job.records.cases);
        self.keep_texts(job, &mut drafts, &report).await?;
        let placements = self.placements_of_reports(job, &drafts).await?;
        let written = write_cases(writer, job.cases(drafts, placements, &Said::of(&report))).await?;
        Ok((report, written))
    }

    async fn keep_texts(&self, job: &Job, drafts: &mut [ReportDraft], report: &IntakeReport) -> Result<(), ImportError> {
        let said = Said::of(report);
        let ids: HashMap<&str, Id> = job.records.cases.iter().map(|case| (case.source.as_str(), case.id)).collect();
        let known: Vec<Id> = drafts.iter().filter_map(|draft| ids.get(draft.source.as_str()).copied()).collect();
        let texts = self.store.case_texts(&known).await?;
        for draft in drafts {
            if let Some(stored) = ids.get(draft.source.as_str()).and_then(|id| texts.get(id)) {
                keep_text(&mut draft.text, &said, stored);
            }
        }
        Ok(())
    }

    /// Where each report lay under the boundaries of its day, and where it lies today.
    async fn placements_of_reports(
        &self,
        job: &Job,
        drafts: &[ReportDraft],
    ) -> Result<Vec<(Option<Placement>, Option<Placement>)>, ImportError> {
        let latest = job.place(drafts.iter().map(|draft| draft.location).collect()).await?;
        let mut placements: Vec<_> = latest.into_iter().map(|now| (now.clone(), now)).collect();
        let Some(today) = job.hot.era() else { return Ok(placements) };
        let mut by_version: BTreeMap<i64, (&Stretch, Vec<usize>)> = BTreeMap::new();
        for (i, draft) in drafts.iter().enumerate() {
            if let Some(stretch) = job.stretch_at(draft.submitted_at).filter(|stretch| !stretch.agrees(&today.stretch)) {
                by_version.entry(stretch.version).or_insert_with(|| (stretch, Vec::new())).1.push(i);
            }
        }
        for (stretch, rows) in by_version.into_values() {
            let era = self.era(&today, stretch).await?;
            let points: Vec<_> = rows.iter().filter_map(|&i| drafts.get(i)).map(|draft| draft.location).collect();
            let then = blocking(move || era.place(&points)).await?;
            for (i, placement) in rows.into_iter().zip(then) {
                if let Some(slot) = placements.get_mut(i) {
                    slot.0 = Some(placement);
                }
            }
        }
        Ok(placements)
    }
}

/// Writes cases and their events. What is counted as new or changed is the number of cases.
async fn write_cases(writer: &mut Writer, told: Vec<Told>) -> Result<Written, ImportError> {
    let (mut cases, mut rows) = (Vec::with_capacity(told.len()), Vec::with_capacity(told.len()));
    for (case, text, row) in told {
        cases.push((case, text));
        rows.push(row);
    }
    let CasesWritten { mut written, changed } = writer.upsert_cases(&cases).await?;
    let sources: Vec<String> = cases.into_iter().map(|(case, _)| case.source).collect();
    // The ids of cases that were there already are the store's, not ours.
    let ids = writer.ids_by_source(Layer::Reports, &sources).await?;
    for (row, source) in rows.iter_mut().zip(&sources) {
        row.case = ids.get(source).copied().unwrap_or(row.case);
        row.events.iter_mut().for_each(|event| event.case = row.case);
    }
    let retold = writer.replace_row_events(&rows).await?;
    // A case that was as before, but for what happened to it.
    let only_events = retold.difference(&changed).count();
    written.updated += only_events;
    written.unchanged = written.unchanged.saturating_sub(only_events);
    Ok(written)
}

/// The transitions that the row of a report speaks of, be it by an empty cell.
fn covered(said: &Said, stated: Option<State>) -> Vec<Transition> {
    let stage = |transition: Transition| said.has(&format!("stage {transition}"));
    let closing = said.has("closed_at") || stage(State::Closed);
    let speaks_of = |transition: &Transition| match *transition {
        State::Submitted => true,
        State::Closed => closing,
        // The date of a discarding is the close date; that a report is discarded at all, the state tells.
        to if to.is_discarded() => closing || stage(to) || (said.has("state") && stated != Some(to)),
        to => stage(to),
    };
    State::ALL.iter().copied().filter(speaks_of).collect()
}

impl Job {
    fn cases(
        &self,
        drafts: Vec<ReportDraft>,
        placements: Vec<(Option<Placement>, Option<Placement>)>,
        said: &Said,
    ) -> Vec<Told> {
        let told = |(draft, (then, now)): (ReportDraft, (Option<Placement>, Option<Placement>))| {
            let id = Id::new();
            let events = draft.events.into_iter().map(|event| self.event(id, event)).collect();
            let case = Case {
                id,
                kind: REPORT.to_owned(),
                source: draft.source,
                category: draft.category,
                channel: draft.channel,
                location: draft.location,
                submitted_at: draft.submitted_at,
                stated: draft.stated,
                state: draft.state,
                closed_at: if draft.state.is_open() { None } else { draft.closed_at },
                label: draft.label,
                placement: then,
                now,
            };
            let text = said.has_text().then_some(draft.text);
            (case, text, RowEvents { case: id, covers: covered(said, draft.stated), events })
        };
        drafts.into_iter().zip(placements).map(told).collect()
    }
}

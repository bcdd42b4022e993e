//! Reports, and the events of cases in long form (a row an event) or wide form (a column a stage).

use super::{
    Context, IntakeError, IntakeReport, Mapping,
    coordinates::Coordinates,
    draft::{CaseEventDraft, EventDraft, ReportDraft},
    problem::Problem,
    rows::{Reject, Rows},
    unique::Unique,
};
use crate::{
    case::{CaseText, State},
    layer::Layer,
    table::{Row, Table},
};
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// Reads reports, one a row.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_reports(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<ReportDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, Layer::Reports, context)?;
    let mut coordinates = Coordinates::default();
    let mut seen = Unique::default();
    let records = rows.each(&mut report, |row, report| {
        let mut draft = report_draft(&rows, row, report)?;
        seen.insert(&draft.source, row.number)?;
        draft.location = coordinates.take(&rows, row, report);
        Ok(draft)
    });
    coordinates.finish(&rows, &mut report)?;
    Ok((records, report))
}

fn report_draft(rows: &Rows, row: &Row, report: &mut IntakeReport) -> Result<ReportDraft, Reject> {
    let source = rows.required(row, "source")?;
    let submitted_at = rows.required_instant(row, "submitted_at", report)?;
    let closed_at = rows.instant(row, "closed_at", report)?;
    let stated: Option<State> = rows.word(row, "state")?;
    let stages = rows.stages(row, report)?.into_iter().filter(|(transition, _)| *transition != State::Submitted);
    let stages: Vec<_> = stages.map(|(transition, at)| EventDraft { transition, at, actor: None }).collect();
    let closed_at = closed_at.or_else(|| stages.iter().find(|event| event.transition == State::Closed).map(|event| event.at));
    report_oddities(report, row, submitted_at, closed_at, stated);
    if let Some(early) = stages.iter().find(|stage| stage.at < submitted_at && stage.transition != State::Closed) {
        let text = format!("{} {}, submitted {submitted_at}", early.transition, early.at);
        report.warn(Problem::BeforeSubmitted, Some(row.number), text);
    }
    let mut draft = ReportDraft {
        row: row.number,
        source,
        category: rows.required(row, "category")?,
        channel: rows.text(row, "channel")?,
        location: None,
        submitted_at,
        closed_at,
        stated,
        stages,
        state: State::Submitted,
        events: Vec::new(),
        label: rows.text(row, "label")?,
        text: CaseText {
            text: rows.long_text(row, "text")?,
            reporter: rows.text(row, "reporter")?,
            phone: rows.text(row, "phone")?,
            address: rows.text(row, "address")?,
        },
    };
    draft.settle();
    Ok(draft)
}

fn report_oddities(
    report: &mut IntakeReport,
    row: &Row,
    submitted_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    stated: Option<State>,
) {
    match (closed_at, stated) {
        (Some(closed_at), _) if closed_at < submitted_at => {
            let text = format!("submitted {submitted_at}, closed {closed_at}");
            report.warn(Problem::ClosedBeforeCreated, Some(row.number), text);
        }
        (Some(closed_at), Some(stated)) if stated.is_open() => {
            report.warn(Problem::StateDisagrees, Some(row.number), format!("{stated}, closed {closed_at}"));
        }
        _ => {}
    }
}

/// Reads the events of cases: long form where the file has the fields transition and at, wide form where the mapping has stages,
/// or the file columns that are called like states.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_case_events(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<CaseEventDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, Layer::CaseEvents, context)?;
    rows.need_transitions()?;
    let mut seen = HashSet::new();
    let records = rows.each(&mut report, |row, report| {
        let case = rows.required(row, "case")?;
        let actor = rows.text(row, "actor")?;
        let mut events: Vec<EventDraft> = if rows.has_stages() {
            let stages = rows.stages(row, report)?;
            stages.into_iter().map(|(transition, at)| EventDraft { transition, at, actor: actor.clone() }).collect()
        } else {
            let transition = rows.word(row, "transition")?;
            let transition = transition.ok_or_else(|| Reject::new(Problem::MissingValue, "transition"))?;
            vec![EventDraft { transition, at: rows.required_instant(row, "at", report)?, actor }]
        };
        if events.is_empty() {
            return Err(Reject::new(Problem::MissingValue, "no stage has a time"));
        }
        events.sort_by_key(|event| (event.at, event.transition));
        events.retain(|event| seen.insert((case.clone(), event.transition, event.at)));
        if events.is_empty() {
            return Err(Reject::new(Problem::DuplicateId, format!("{case}: an earlier row tells of the same event")));
        }
        Ok(events.into_iter().map(|event| CaseEventDraft { row: row.number, case: case.clone(), event }).collect::<Vec<_>>())
    });
    Ok((records.into_iter().flatten().collect(), report))
}

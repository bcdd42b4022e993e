//! Visits, activities and patrols: fulfilments of rounds.

use super::{
    Context, IntakeError, IntakeReport, Mapping,
    coordinates::Coordinates,
    draft::FulfilmentDraft,
    problem::Problem,
    rows::{Reject, Rows},
    unique::Unique,
};
use crate::{
    layer::Layer,
    round::{Outcome, RoundKind},
    table::{Row, Table},
};
use chrono::SecondsFormat;

/// What makes visits, activities and patrols different.
struct Rules {
    layer: Layer,
    kind: RoundKind,
    /// The field with the place.
    place: &'static str,
    /// Where the file doesn't say.
    programme: &'static str,
    outcome: Outcome,
    outcomes: &'static [Outcome],
}

const VISITS: Rules = Rules {
    layer: Layer::Visits,
    kind: RoundKind::Visit,
    place: "household",
    programme: "monthly-visit",
    outcome: Outcome::Visited,
    outcomes: &[Outcome::Visited, Outcome::Absent, Outcome::Refused],
};
const ACTIVITIES: Rules = Rules {
    layer: Layer::Activities,
    kind: RoundKind::Activity,
    place: "square",
    programme: "activity",
    outcome: Outcome::Held,
    outcomes: &[Outcome::Held, Outcome::Cancelled],
};
const PATROLS: Rules = Rules {
    layer: Layer::Patrols,
    kind: RoundKind::Patrol,
    place: "grid",
    programme: "patrol",
    outcome: Outcome::Done,
    outcomes: &[Outcome::Done, Outcome::Cancelled],
};

/// Reads visits to households. Without an outcome the household was visited.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_visits(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<FulfilmentDraft>, IntakeReport), IntakeError> {
    read(table, mapping, context, &VISITS)
}

/// Reads activities on squares. Without an outcome the activity was held.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_activities(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<FulfilmentDraft>, IntakeReport), IntakeError> {
    read(table, mapping, context, &ACTIVITIES)
}

/// Reads patrols of grids. Without an outcome the patrol was done.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_patrols(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<FulfilmentDraft>, IntakeReport), IntakeError> {
    read(table, mapping, context, &PATROLS)
}

fn read(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
    rules: &Rules,
) -> Result<(Vec<FulfilmentDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, rules.layer, context)?;
    let mut coordinates = Coordinates::default();
    let mut seen = Unique::default();
    let records = rows.each(&mut report, |row, report| {
        let mut draft = draft(&rows, row, report, rules)?;
        seen.insert(&draft.source, row.number)?;
        draft.location = coordinates.take(&rows, row, report);
        Ok(draft)
    });
    coordinates.finish(&rows, &mut report)?;
    Ok((records, report))
}

fn draft(rows: &Rows, row: &Row, report: &mut IntakeReport, rules: &Rules) -> Result<FulfilmentDraft, Reject> {
    let place = rows.required(row, rules.place)?;
    let at = rows.required_instant(row, "at", report)?;
    let programme = rows.text(row, "programme")?.unwrap_or_else(|| rules.programme.to_owned());
    let outcome = rows.word(row, "outcome")?.unwrap_or(rules.outcome);
    if !rules.outcomes.contains(&outcome) {
        let words = rules.outcomes.iter().map(|outcome| outcome.word()).collect::<Vec<_>>().join(", ");
        return Err(Reject::new(Problem::UnknownWord, format!("outcome: {outcome} is none of {words}")));
    }
    let whole = || format!("{place}/{programme}/{}", at.to_rfc3339_opts(SecondsFormat::Millis, true));
    let source = rows.text(row, "source")?.unwrap_or_else(whole);
    Ok(FulfilmentDraft {
        row: row.number,
        source,
        kind: rules.kind,
        programme,
        place,
        at,
        outcome,
        person: rows.text(row, "person")?,
        location: None,
        attendance: rows.count(row, "attendance")?,
    })
}

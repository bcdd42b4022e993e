//! The rows of one file, bound to the fields of one layer: typed values, or the reason why there is none.

use super::{
    bind::{BoundField, listed},
    context::Context,
    error::IntakeError,
    mapping::{FieldSpec, Mapping},
    number::parse_count,
    position::{Positions, folded},
    problem::Problem,
    report::{FieldColumns, IntakeReport},
    schema::{self, Field, Kind},
    stages,
    time::{self, Detected, Oddity, TimeReader, detect},
};
use crate::{
    case::Transition,
    layer::Layer,
    table::{Row, Table},
};
use chrono::{DateTime, NaiveDate, Utc};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashSet},
    str::FromStr,
};

/// Characters in a name, a key or a word.
pub const SHORT: usize = 200;
/// Characters in a description.
pub const LONG: usize = 20_000;

/// Why a row is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    pub problem: Problem,
    pub text: String,
}

impl Reject {
    pub fn new(problem: Problem, text: impl Into<String>) -> Self {
        Self { problem, text: text.into() }
    }
}

struct Bound {
    field: BoundField,
    time: Option<TimeReader>,
}

/// One file as one layer.
pub struct Rows<'a> {
    pub table: &'a Table,
    pub positions: Positions<'a>,
    context: &'a Context<'a>,
    layer: Layer,
    fields: BTreeMap<&'static str, Bound>,
    stages: Vec<(Transition, Bound)>,
}

impl<'a> Rows<'a> {
    /// Binds the columns, detects the formats of times, begins the report.
    ///
    /// # Errors
    /// [`IntakeError`] where the mapping doesn't fit, a column is missing, or dates can be read in two ways.
    pub fn bind(
        table: &'a Table,
        mapping: &Mapping,
        layer: Layer,
        context: &'a Context<'a>,
    ) -> Result<(Self, IntakeReport), IntakeError> {
        check_mapping(mapping, layer)?;
        let mut report = IntakeReport::new(layer, table.origin.path.display().to_string(), table.origin.read_as.clone());
        report.rows = table.rows.len() as u64;
        report.mapping.clone_from(&mapping.title);
        let positions = Positions::bind(table, &mapping.position, context.position_flags())?;

        let missing = &mapping.source.missing;
        let mut bound = Vec::new();
        for (field, spec) in specs(table, mapping, layer)? {
            bound.push((field, bind_field(table, field.name, &spec, missing)?, spec));
        }
        let mut stages = Vec::new();
        let told = bound.iter().any(|(field, ..)| field.name == "transition");
        for (name, spec) in stages::specs(table, mapping, layer, told) {
            stages.push((transition(&name)?, bind_field(table, &name, &spec, missing)?, spec));
        }
        let times = bound.iter().filter(|(field, ..)| field.kind == Kind::Time).map(|(_, bound, spec)| (bound, spec));
        let times = times.chain(stages.iter().map(|(_, bound, spec)| (bound, spec)));
        let formats = TimeFormats::detect(table, mapping, times)?;
        report.time_formats.clone_from(&formats.detected);
        let reader = |spec: &FieldSpec| {
            let zone = spec.zone.or(mapping.time.zone).unwrap_or(context.zone);
            TimeReader::new(formats.of(mapping, spec), zone, mapping.time.twice)
        };
        describe_columns(&mut report, table, &bound, &stages, &positions);
        let fields = bound.into_iter().map(|(field, bound, spec)| {
            (field.name, Bound { field: bound, time: (field.kind == Kind::Time).then(|| reader(&spec)) })
        });
        let fields = fields.collect();
        let stages =
            stages.into_iter().map(|(transition, field, spec)| (transition, Bound { field, time: Some(reader(&spec)) }));
        let stages = stages.collect();
        Ok((Self { table, positions, context, layer, fields, stages }, report))
    }

    pub fn layer(&self) -> Layer {
        self.layer
    }

    pub fn context(&self) -> &'a Context<'a> {
        self.context
    }

    /// Whether the file says anything about `field`.
    pub fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    pub fn has_stages(&self) -> bool {
        !self.stages.is_empty()
    }

    /// That the file has `field`, which is required only in some forms of it.
    ///
    /// # Errors
    /// [`IntakeError::MissingField`]
    pub fn need(&self, field: &'static str) -> Result<(), IntakeError> {
        if self.has(field) { Ok(()) } else { Err(missing_field(self.table, self.layer, field)) }
    }

    /// That the file tells of transitions, in one of its two forms.
    ///
    /// # Errors
    /// [`IntakeError::NoTransitions`], [`IntakeError::MissingField`].
    pub fn need_transitions(&self) -> Result<(), IntakeError> {
        if self.has_stages() {
            return Ok(());
        }
        if self.has("transition") {
            return self.need("at");
        }
        let names = synonyms(self.layer, "transition").join(", ");
        Err(IntakeError::NoTransitions { names, found: listed(&self.table.columns) })
    }

    /// Reads every row; one that can't be read whole or that `read` rejects goes to the report, the others come back.
    pub fn each<T>(
        &self,
        report: &mut IntakeReport,
        mut read: impl FnMut(&Row, &mut IntakeReport) -> Result<T, Reject>,
    ) -> Vec<T> {
        let mut records = Vec::with_capacity(self.table.rows.len());
        for (done, row) in self.table.rows.iter().enumerate() {
            if done % 1024 == 0 {
                (self.context.progress)(done as u64);
            }
            let outcome = match &row.defect {
                Some(defect) => Err(Reject::new(defect_problem(defect), defect.to_string())),
                None => read(row, report),
            };
            match outcome {
                Ok(record) => records.push(record),
                Err(reject) => report.reject(reject.problem, row.number, reject.text),
            }
        }
        (self.context.progress)(self.table.rows.len() as u64);
        report.accepted = records.len() as u64;
        records
    }

    fn raw<'r>(&'r self, row: &'r Row, field: &str) -> Result<Option<Cow<'r, str>>, Reject> {
        let Some(bound) = self.fields.get(field) else { return Ok(None) };
        bound.field.text(row).map_err(|error| Reject::new(Problem::UnknownValue, format!("{field}: {error}")))
    }

    /// A short text on one line.
    pub fn text(&self, row: &Row, field: &str) -> Result<Option<String>, Reject> {
        self.raw(row, field)?.map(|text| checked_text(&text, field, SHORT, false)).transpose()
    }

    /// A long text, lines allowed.
    pub fn long_text(&self, row: &Row, field: &str) -> Result<Option<String>, Reject> {
        self.raw(row, field)?.map(|text| checked_text(&text, field, LONG, true)).transpose()
    }

    /// A short text that must be there.
    pub fn required(&self, row: &Row, field: &str) -> Result<String, Reject> {
        self.text(row, field)?.ok_or_else(|| Reject::new(Problem::MissingValue, field))
    }

    /// One of the words of a vocabulary; its labels count too, and case doesn't.
    pub fn word<T: FromStr<Err = crate::vocabulary::UnknownWord>>(&self, row: &Row, field: &str) -> Result<Option<T>, Reject> {
        let Some(text) = self.text(row, field)? else { return Ok(None) };
        let plain = text.to_lowercase().replace([' ', '-'], "_");
        text.parse()
            .or_else(|error| plain.parse().map_err(|_| error))
            .map(Some)
            .map_err(|error| Reject::new(Problem::UnknownWord, format!("{field}: {error}")))
    }

    /// A number from 0 without fraction.
    pub fn count(&self, row: &Row, field: &str) -> Result<Option<u32>, Reject> {
        let Some(text) = self.text(row, field)? else { return Ok(None) };
        let count = parse_count(&text).filter(|&count| count <= MOST);
        count.map(Some).ok_or_else(|| Reject::new(Problem::NotANumber, format!("{field}: {text:?} is no count up to {MOST}")))
    }

    /// Yes or no.
    pub fn flag(&self, row: &Row, field: &str) -> Result<Option<bool>, Reject> {
        let Some(text) = self.text(row, field)? else { return Ok(None) };
        match text.to_lowercase().as_str() {
            "true" | "yes" | "y" | "t" | "1" | "是" | "有" | "√" => Ok(Some(true)),
            "false" | "no" | "n" | "f" | "0" | "否" | "无" | "×" => Ok(Some(false)),
            _ => Err(Reject::new(Problem::UnknownWord, format!("{field}: {text:?} is neither yes nor no"))),
        }
    }

    /// An instant; what was odd about it goes to the report.
    pub fn instant(&self, row: &Row, field: &str, report: &mut IntakeReport) -> Result<Option<DateTime<Utc>>, Reject> {
        let Some(bound) = self.fields.get(field) else { return Ok(None) };
        instant_of(bound, row, field, self.context.now, report)
    }

    pub fn required_instant(&self, row: &Row, field: &str, report: &mut IntakeReport) -> Result<DateTime<Utc>, Reject> {
        self.instant(row, field, report)?.ok_or_else(|| Reject::new(Problem::MissingValue, field))
    }

    /// The instants of the stages that `row` has reached, in the order of the mapping's words.
    pub fn stages(&self, row: &Row, report: &mut IntakeReport) -> Result<Vec<(Transition, DateTime<Utc>)>, Reject> {
        let mut reached = Vec::new();
        for (transition, bound) in &self.stages {
            reached.extend(instant_of(bound, row, transition.word(), self.context.now, report)?.map(|at| (*transition, at)));
        }
        Ok(reached)
    }

    /// A local date.
    pub fn date(&self, row: &Row, field: &str) -> Result<Option<NaiveDate>, Reject> {
        let (Some(text), Some(bound)) = (self.raw(row, field)?, self.fields.get(field)) else { return Ok(None) };
        let Some(reader) = &bound.time else { return Ok(None) };
        reader.date(&text).map(Some).map_err(|error| Reject::new(Problem::BadTime, format!("{field}: {error}")))
    }

    /// First and last day; the last is exclusive.
    pub fn period(&self, row: &Row, from: &str, to: &str) -> Result<(Option<NaiveDate>, Option<NaiveDate>), Reject> {
        let period = (self.date(row, from)?, self.date(row, to)?);
        match period {
            (Some(first), Some(last)) if last < first => {
                Err(Reject::new(Problem::EndsBeforeStart, format!("{from} {first}, {to} {last}")))
            }
            _ => Ok(period),
        }
    }
}

/// No household, grid or activity counts more people.
const MOST: u32 = 10_000_000;

fn defect_problem(defect: &crate::table::RowDefect) -> Problem {
    match defect {
        crate::table::RowDefect::Geometry(_) => Problem::BadGeometry,
        _ => Problem::UnreadableRow,
    }
}

fn instant_of(
    bound: &Bound,
    row: &Row,
    field: &str,
    now: DateTime<Utc>,
    report: &mut IntakeReport,
) -> Result<Option<DateTime<Utc>>, Reject> {
    let text = bound.field.text(row).map_err(|error| Reject::new(Problem::UnknownValue, format!("{field}: {error}")))?;
    let (Some(text), Some(reader)) = (text, &bound.time) else { return Ok(None) };
    let (instant, oddity) =
        reader.instant(&text).map_err(|error| Reject::new(Problem::BadTime, format!("{field}: {error}")))?;
    // Clocks and zones may be off by some hours.
    if instant > now + chrono::TimeDelta::days(1) {
        return Err(Reject::new(Problem::InFuture, format!("{field}: {text}")));
    }
    let odd = match oddity {
        Some(Oddity::Twice) => Some((Problem::LocalTimeTwice, "earlier or later as the mapping says")),
        Some(Oddity::Never) => Some((Problem::LocalTimeNever, "moved on by as much as the clocks")),
        None => None,
    };
    if let Some((problem, remedy)) = odd {
        report.warn(problem, Some(row.number), format!("{field}: {text} in {}: {remedy}, {instant}", reader.zone()));
    }
    Ok(Some(instant))
}

/// `text` without what exports put before formulas.
///
/// # Errors
/// A [`Reject`] for texts that are too long or contain control characters.
fn checked_text(text: &str, field: &str, limit: usize, lines: bool) -> Result<String, Reject> {
    let starts = ['=', '+', '-', '@', '\t', '\r', '\''];
    let text = text.strip_prefix('\'').filter(|rest| rest.starts_with(starts)).unwrap_or(text);
    let length = text.chars().count();
    if length > limit {
        return Err(Reject::new(Problem::TooLong, format!("{field}: {length} characters, the limit is {limit}")));
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let allowed = |c: char| !c.is_control() || (lines && matches!(c, '\n' | '\t'));
    match text.chars().find(|&c| !allowed(c)) {
        // A name over two lines is a matter of layout.
        Some('\n' | '\t') => Ok(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        Some(c) => Err(Reject::new(Problem::ControlCharacter, format!("{field}: {c:?}"))),
        None => Ok(text),
    }
}

fn check_mapping(mapping: &Mapping, layer: Layer) -> Result<(), IntakeError> {
    if let Some(other) = mapping.layer.filter(|&other| other != layer) {
        return Err(IntakeError::OtherLayer { mapping: other, asked: layer });
    }
    let own = mapping.fields.values().chain(mapping.stages.values()).flat_map(|spec| &spec.format.0);
    if let Some(format) = mapping.time.format.0.iter().chain(own).find(|format| !time::is_format(format)) {
        return Err(IntakeError::TimeFormat(format.clone()));
    }
    let fields = schema::fields(layer);
    if let Some(field) = mapping.fields.keys().find(|name| fields.iter().all(|field| field.name != name.as_str())) {
        let known = fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
        return Err(IntakeError::UnknownField { field: field.clone(), layer, known });
    }
    if !mapping.stages.is_empty() && !matches!(layer, Layer::Reports | Layer::CaseEvents) {
        return Err(IntakeError::NoStages(layer));
    }
    Ok(())
}

type Spec = (&'static Field, FieldSpec);

/// Where each field of `layer` stands: as the mapping says if it names fields, else under telling names.
fn specs(table: &Table, mapping: &Mapping, layer: Layer) -> Result<Vec<Spec>, IntakeError> {
    let mut specs = Vec::new();
    for field in schema::fields(layer) {
        let by_name =
            || by_name(table, field).filter(|_| mapping.fields.is_empty() || mapping.others_by_name).map(FieldSpec::column);
        match mapping.fields.get(field.name).cloned().or_else(by_name) {
            Some(spec) => specs.push((field, spec)),
            None if field.required => return Err(missing_field(table, layer, field.name)),
            None => {}
        }
    }
    Ok(specs)
}

fn bind_field(table: &Table, name: &str, spec: &FieldSpec, missing: &[String]) -> Result<BoundField, IntakeError> {
    BoundField::bind(table, spec, missing).map_err(|source| IntakeError::Column { field: name.to_owned(), source })
}

fn missing_field(table: &Table, layer: Layer, field: &'static str) -> IntakeError {
    IntakeError::MissingField { layer, field, names: synonyms(layer, field).join(", "), found: listed(&table.columns) }
}

/// The names that a field is found under.
fn synonyms(layer: Layer, field: &str) -> &'static [&'static str] {
    schema::fields(layer).iter().find(|it| it.name == field).map_or(&[], |it| it.synonyms)
}

fn transition(name: &str) -> Result<Transition, IntakeError> {
    name.parse().map_err(|_| {
        let known = Transition::ALL.iter().map(|it| it.word()).collect::<Vec<_>>().join(", ");
        IntakeError::UnknownStage { stage: name.to_owned(), known }
    })
}

/// The column whose name tells that it is `field`.
fn by_name(table: &Table, field: &Field) -> Option<String> {
    let names = [&field.name].into_iter().chain(field.synonyms);
    let mut columns = names.filter_map(|name| table.columns.iter().find(|column| folded(column) == folded(name)));
    columns.next().cloned()
}

/// The formats of a file's times.
struct TimeFormats {
    detected: Vec<String>,
}

impl TimeFormats {
    fn detect<'b>(
        table: &Table,
        mapping: &Mapping,
        times: impl Iterator<Item = (&'b BoundField, &'b FieldSpec)>,
    ) -> Result<Self, IntakeError> {
        if !mapping.time.format.0.is_empty() {
            return Ok(Self { detected: vec![] });
        }
        let undecided: Vec<&BoundField> = times.filter(|(_, spec)| spec.format.0.is_empty()).map(|(bound, _)| bound).collect();
        let values: Vec<Cow<str>> = table
            .rows
            .iter()
            .filter(|row| row.defect.is_none())
            .flat_map(|row| undecided.iter().filter_map(|field| field.text(row).ok().flatten()))
            .collect();
        match detect(values.iter().map(Cow::as_ref)) {
            Detected::Formats(detected) => Ok(Self { detected }),
            Detected::Ambiguous { example } => Err(IntakeError::AmbiguousDates { example }),
        }
    }

    fn of(&self, mapping: &Mapping, spec: &FieldSpec) -> Vec<String> {
        let given = [&spec.format.0, &mapping.time.format.0].into_iter().find(|formats| !formats.is_empty());
        given.unwrap_or(&self.detected).clone()
    }
}

fn describe_columns(
    report: &mut IntakeReport,
    table: &Table,
    fields: &[(&'static Field, BoundField, FieldSpec)],
    stages: &[(Transition, BoundField, FieldSpec)],
    positions: &Positions,
) {
    let mut used: HashSet<usize> = positions.columns().into_iter().collect();
    let mut describe = |field: &str, bound: &BoundField| {
        used.extend(&bound.columns);
        let columns = bound.columns.iter().map(|&column| table.columns[column].clone()).collect();
        report.columns.push(FieldColumns { field: field.to_owned(), columns });
    };
    for (field, bound, _) in fields {
        describe(field.name, bound);
    }
    for (transition, bound, _) in stages {
        describe(&format!("stage {transition}"), bound);
    }
    if positions.is_anywhere() {
        // Positions of formats that have geometries stand in no column.
        let columns = positions.columns().into_iter().map(|column| table.columns[column].clone()).collect();
        report.columns.push(FieldColumns { field: "position".to_owned(), columns });
    }
    let unused = table.columns.iter().enumerate().filter(|(column, _)| !used.contains(column));
    report.unused_columns = unused.map(|(_, name)| name.clone()).collect();
}

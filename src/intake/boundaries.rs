//! Villages, grids and micro-grids.

use super::{
    Context, IntakeError, IntakeReport, Mapping,
    draft::BoundaryDraft,
    problem::Problem,
    rows::{Reject, Rows},
    shapes::{need_shapes, take_shape},
    tessellation,
    unique::Unique,
};
use crate::{
    layer::Layer,
    place::{Code, CodeScheme, GridKind, Level},
    table::{Row, Table},
};

/// Reads villages.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_villages(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<BoundaryDraft>, IntakeReport), IntakeError> {
    read(table, mapping, context, Layer::Villages, Level::Village)
}

/// Reads grids.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_grids(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<BoundaryDraft>, IntakeReport), IntakeError> {
    read(table, mapping, context, Layer::Grids, Level::Grid)
}

/// Reads micro-grids.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_microgrids(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<BoundaryDraft>, IntakeReport), IntakeError> {
    read(table, mapping, context, Layer::MicroGrids, Level::MicroGrid)
}

fn read(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
    layer: Layer,
    level: Level,
) -> Result<(Vec<BoundaryDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, layer, context)?;
    if !rows.has("code") {
        rows.need("name")?;
    }
    need_shapes(&rows)?;
    let scheme = likely_scheme(&rows, level);
    let mut seen = Unique::default();
    let records = rows.each(&mut report, |row, report| {
        let mut draft = draft(&rows, row, level, scheme, report)?;
        (draft.shape, draft.area_m2) = take_shape(&rows, row, report)?;
        // Without a code a place is known by its name, within the one that it is part of.
        let name = draft.parent.as_ref().map_or_else(|| draft.name.clone(), |parent| format!("{parent} {}", draft.name));
        seen.insert(draft.code.as_ref().map_or(name.as_str(), Code::as_str), row.number)?;
        Ok(draft)
    });
    tessellation::check(&records, context.parents, &mut report);
    Ok((records, report))
}

fn draft(rows: &Rows, row: &Row, level: Level, scheme: CodeScheme, report: &mut IntakeReport) -> Result<BoundaryDraft, Reject> {
    let scheme = match rows.text(row, "scheme")? {
        Some(name) => {
            name.parse().map_err(|error: crate::place::CodeError| Reject::new(Problem::UnknownWord, error.to_string()))?
        }
        None => scheme,
    };
    let code = rows.text(row, "code")?.map(|text| Code::parse(scheme, level, &text)).transpose();
    let code = code.map_err(|error| Reject::new(Problem::BadCode, error.to_string()))?;
    let name = rows.text(row, "name")?.or_else(|| code.as_ref().map(|code| code.as_str().to_owned()));
    let name = name.ok_or_else(|| Reject::new(Problem::MissingValue, "name"))?;
    let parent = match level {
        Level::Village => None,
        Level::Grid => rows.text(row, "village")?,
        Level::MicroGrid => rows.text(row, "grid")?,
    };
    // Files from elsewhere use the word for something else: such a grid has no kind, which harms nothing.
    let kind = if level == Level::Grid { rows.word::<GridKind>(row, "kind") } else { Ok(None) };
    let kind = kind.unwrap_or_else(|reject| {
        report.warn(reject.problem, Some(row.number), reject.text);
        None
    });
    let aliases = rows.text(row, "aliases")?.map(|text| listed_names(&text)).unwrap_or_default();
    Ok(BoundaryDraft {
        row: row.number,
        level,
        code,
        name,
        aliases,
        kind,
        parent,
        shape: geo::MultiPolygon(vec![]),
        area_m2: 0.0,
    })
}

/// "文凤、文风", or `["文凤","文风"]` as our own GeoJSON has it, in its names.
fn listed_names(text: &str) -> Vec<String> {
    if let Ok(names) = serde_json::from_str::<Vec<String>>(text) {
        return names;
    }
    let names = text.split([';', '；', '、', '|', '，', ',']).map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// `cn-grid-15` if most codes of the file have its digits: then the others are typing errors, not names.
fn likely_scheme(rows: &Rows, level: Level) -> CodeScheme {
    let (mut fit, mut all) = (0_usize, 0_usize);
    for text in rows.table.rows.iter().filter_map(|row| rows.text(row, "code").ok().flatten()) {
        all += 1;
        fit += usize::from(Code::parse(CodeScheme::CnGrid15, level, &text).is_ok());
    }
    if fit * 2 > all { CodeScheme::CnGrid15 } else { CodeScheme::Free }
}

//! Squares, facilities, households and devices.

use super::{
    Context, IntakeError, IntakeReport, Mapping,
    coordinates::Coordinates,
    draft::{DeviceDraft, FacilityDraft, HouseholdDraft, SquareDraft},
    problem::Problem,
    rows::{Reject, Rows},
    shapes::{need_shapes, take_shape},
    unique::Unique,
};
use crate::{
    layer::Layer,
    people::Contact,
    place::{FacilityKind, FacilityStatus},
    table::Table,
};

/// Reads squares: polygons.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_squares(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<SquareDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, Layer::Squares, context)?;
    if !rows.has("source") {
        rows.need("name")?;
    }
    need_shapes(&rows)?;
    let mut seen = Unique::default();
    let records = rows.each(&mut report, |row, report| {
        let name = rows.text(row, "name")?;
        let source = rows.text(row, "source")?.or_else(|| name.clone());
        let source = source.ok_or_else(|| Reject::new(Problem::MissingValue, "source"))?;
        let (valid_from, valid_to) = rows.period(row, "valid_from", "valid_to")?;
        let (shape, area_m2) = take_shape(&rows, row, report)?;
        seen.insert(&source, row.number)?;
        Ok(SquareDraft {
            row: row.number,
            name: name.unwrap_or_else(|| source.clone()),
            source,
            shape,
            area_m2,
            evacuation_site: rows.flag(row, "evacuation_site")?.unwrap_or(false),
            valid_from,
            valid_to,
        })
    });
    Ok((records, report))
}

/// Reads facilities of squares. A facility without status works.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_facilities(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<FacilityDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, Layer::Facilities, context)?;
    let mut coordinates = Coordinates::default();
    let mut seen = Unique::default();
    let records = rows.each(&mut report, |row, report| {
        let square = rows.required(row, "square")?;
        let kind: FacilityKind = rows.word(row, "kind")?.ok_or_else(|| Reject::new(Problem::MissingValue, "kind"))?;
        let source = rows.text(row, "source")?.unwrap_or_else(|| format!("{square}/{kind}"));
        let status = rows.word(row, "status")?.unwrap_or(FacilityStatus::Working);
        let (valid_from, valid_to) = rows.period(row, "valid_from", "valid_to")?;
        seen.insert(&source, row.number)?;
        let location = coordinates.take(&rows, row, report);
        Ok(FacilityDraft { row: row.number, source, square, kind, status, location, valid_from, valid_to })
    });
    coordinates.finish(&rows, &mut report)?;
    Ok((records, report))
}

/// Reads households.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_households(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<HouseholdDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, Layer::Households, context)?;
    let mut coordinates = Coordinates::default();
    let mut seen = Unique::default();
    let records = rows.each(&mut report, |row, report| {
        let source = rows.required(row, "source")?;
        let persons = rows.count(row, "persons")?;
        let (lived_in_from, lived_in_to) = rows.period(row, "lived_in_from", "lived_in_to")?;
        let contact =
            Contact { name: rows.text(row, "name")?, phone: rows.text(row, "phone")?, address: rows.text(row, "address")? };
        seen.insert(&source, row.number)?;
        let location = coordinates.take(&rows, row, report);
        Ok(HouseholdDraft { row: row.number, source, location, persons, lived_in_from, lived_in_to, contact })
    });
    coordinates.finish(&rows, &mut report)?;
    Ok((records, report))
}

/// Reads devices. A device without status works.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_devices(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<DeviceDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, Layer::Devices, context)?;
    let mut coordinates = Coordinates::default();
    let mut seen = Unique::default();
    let records = rows.each(&mut report, |row, report| {
        let source = rows.required(row, "source")?;
        let kind = rows.required(row, "kind")?;
        let status = rows.word(row, "status")?.unwrap_or(FacilityStatus::Working);
        let last_seen = rows.instant(row, "last_seen", report)?;
        let (valid_from, valid_to) = rows.period(row, "valid_from", "valid_to")?;
        seen.insert(&source, row.number)?;
        let location = coordinates.take(&rows, row, report);
        Ok(DeviceDraft { row: row.number, source, kind, status, location, last_seen, valid_from, valid_to })
    });
    coordinates.finish(&rows, &mut report)?;
    Ok((records, report))
}

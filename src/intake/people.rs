//! Persons and their posts.

use super::{
    Context, IntakeError, IntakeReport, Mapping,
    draft::{PersonDraft, PostDraft},
    problem::Problem,
    rows::{Reject, Rows},
    unique::Unique,
};
use crate::{
    layer::Layer,
    people::{Contact, Role},
    place::Id,
    table::Table,
};

/// Reads persons.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_persons(
    table: &Table,
    mapping: &Mapping,
    context: &Context,
) -> Result<(Vec<PersonDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, Layer::Persons, context)?;
    let mut seen = Unique::default();
    let records = rows.each(&mut report, |row, _| {
        let source = rows.required(row, "source")?;
        let contact =
            Contact { name: rows.text(row, "name")?, phone: rows.text(row, "phone")?, address: rows.text(row, "address")? };
        seen.insert(&source, row.number)?;
        Ok(PersonDraft { row: row.number, source, contact })
    });
    Ok((records, report))
}

/// Reads posts.
///
/// # Errors
/// [`IntakeError`] where the file as a whole doesn't fit.
pub fn read_posts(table: &Table, mapping: &Mapping, context: &Context) -> Result<(Vec<PostDraft>, IntakeReport), IntakeError> {
    let (rows, mut report) = Rows::bind(table, mapping, Layer::Posts, context)?;
    let mut seen = Unique::default();
    let records = rows.each(&mut report, |row, _| {
        let person = rows.required(row, "person")?;
        let role: Role = rows.word(row, "role")?.ok_or_else(|| Reject::new(Problem::MissingValue, "role"))?;
        let place = rows.text(row, "place")?;
        let (from, to) = rows.period(row, "from", "to")?;
        let from = from.ok_or_else(|| Reject::new(Problem::MissingValue, "from"))?;
        let whole = || format!("{person}/{role}/{}/{from}", place.as_deref().unwrap_or(""));
        // Not the words themselves: the key of a person may be a name, and keys of posts lie in the public file.
        let source = rows.text(row, "source")?.unwrap_or_else(|| Id::derived("post", &whole()).to_string());
        seen.insert(&source, row.number)?;
        Ok(PostDraft { row: row.number, source, person, role, place, from, to })
    });
    Ok((records, report))
}

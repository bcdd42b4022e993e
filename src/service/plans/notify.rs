//! Who is affected by a plan, as tables to work through: households whose grid or responsible person changes, and those who work in
//! the grids touched.

use crate::{
    disclosure::Viewer,
    place::{Id, Level},
    plan::{Desk, GridFigures},
    service::{Service, ServiceError, hot::Records},
    table::{CsvWriter, Guard},
};
use std::{collections::BTreeMap, io, sync::Arc};

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affected {
    Households,
    Workers,
}

/// So that spreadsheets read the file as UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

impl Service {
    /// A table of those who are affected, UTF-8 with a byte order mark.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`], [`ServiceError::NotFound`], [`ServiceError::Plan`], [`ServiceError::Store`].
    pub async fn plan_affected(&self, viewer: Viewer, id: Id, affected: Affected) -> Result<Vec<u8>, ServiceError> {
        let records = Arc::clone(self.hot().records(&self.store).await?);
        let held = self.desk(viewer, id).await?;
        let (_, table) = held
            .work(move |open| {
                let table = match affected {
                    Affected::Households => households(&open.desk, &records),
                    Affected::Workers => workers(&open.desk, &records),
                };
                table.map_err(|error| ServiceError::Analytics(error.to_string()))
            })
            .await?;
        Ok(table)
    }
}

impl Service {
    /// The grid and micro-grid of each household as a table, UTF-8 with a byte order mark.
    ///
    /// # Errors
    /// As [`Self::plan_affected`].
    pub async fn plan_assignments(&self, viewer: Viewer, id: Id) -> Result<Vec<u8>, ServiceError> {
        let held = self.desk(viewer, id).await?;
        let (_, table) =
            held.work(|open| assignments(&open.desk).map_err(|error| ServiceError::Analytics(error.to_string()))).await?;
        Ok(table)
    }
}

/// Every household with the codes and names of its grid and micro-grid.
fn assignments(desk: &Desk) -> io::Result<Vec<u8>> {
    let header = ["household", "grid_code", "grid", "microgrid_code", "microgrid"];
    let live = desk.live();
    let partition = desk.draft().partition();
    let homes = live.evidence().homes.iter().zip(live.homes().1.iter().zip(live.finest()));
    let mut rows: Vec<Vec<String>> = homes
        .map(|(home, (&grid, finest))| {
            let microgrid =
                finest.and_then(|key| partition.at_level(key, Level::MicroGrid)).and_then(|key| desk.draft().id(key));
            let source = live.evidence().keys.get(&home.id).map(|(_, source)| source.clone()).unwrap_or_default();
            let mut row = vec![source];
            row.extend(place(desk, grid));
            row.extend(place(desk, microgrid));
            row
        })
        .collect();
    rows.sort();
    write(&header, rows)
}

fn write(header: &[&str], rows: Vec<Vec<String>>) -> io::Result<Vec<u8>> {
    let mut bytes = BYTE_ORDER_MARK.to_vec();
    let mut table = CsvWriter::new(&mut bytes, Guard::Spreadsheet);
    table.record(header.iter().copied())?;
    for row in rows {
        table.record(row.iter().map(String::as_str))?;
    }
    table.finish()?;
    Ok(bytes)
}

/// Code and name of a place, as the draft has it or, where it ceased, as the base had it.
fn place(desk: &Desk, id: Option<Id>) -> [String; 2] {
    let attributes = id.and_then(|id| desk.draft().attributes(id).or_else(|| desk.base_place(id)));
    let Some(it) = attributes else { return [String::new(), String::new()] };
    [it.code.as_ref().map(ToString::to_string).unwrap_or_default(), it.name.clone()]
}

fn person(records: &Records, id: Option<Id>) -> String {
    let Some(person) = id.and_then(|id| records.person(id)) else { return String::new() };
    person.contact.as_ref().and_then(|contact| contact.name.clone()).unwrap_or_else(|| person.source.clone())
}

/// Households that come into another grid, or for whom somebody else will answer.
fn households(desk: &Desk, records: &Records) -> io::Result<Vec<u8>> {
    let header = [
        "household",
        "persons",
        "grid_code_before",
        "grid_before",
        "grid_code_after",
        "grid_after",
        "worker_before",
        "worker_after",
    ];
    let live = desk.live();
    let (grid_before, grid_after) = live.homes();
    let (worker_before, worker_after) = live.responsible(desk.draft());
    let homes = live.evidence().homes.iter().zip(grid_before.iter().zip(grid_after));
    let mut rows = Vec::new();
    for ((home, (&before, &after)), (was, is)) in homes.zip(worker_before.into_iter().zip(worker_after)) {
        if before == after && was == is {
            continue;
        }
        let source = live.evidence().keys.get(&home.id).map(|(_, source)| source.clone()).unwrap_or_default();
        let mut row = vec![source, home.persons.to_string()];
        row.extend(place(desk, before));
        row.extend(place(desk, after));
        row.extend([person(records, was), person(records, is)]);
        rows.push(row);
    }
    rows.sort();
    write(&header, rows)
}

/// Whoever is on post in a grid that has other households, or a new leader.
fn workers(desk: &Desk, records: &Records) -> io::Result<Vec<u8>> {
    let header = [
        "name",
        "role",
        "grid_code",
        "grid",
        "households_before",
        "households_after",
        "persons_before",
        "persons_after",
        "load_before",
        "load_after",
    ];
    let (today, now) = (desk.today().0, desk.live().figures());
    let mut grids: BTreeMap<Id, [Option<&GridFigures>; 2]> = BTreeMap::new();
    for (side, figures) in [today, now].into_iter().enumerate() {
        for (id, it) in figures {
            grids.entry(*id).or_default()[side] = Some(it);
        }
    }
    let mut rows = Vec::new();
    for (grid, sides) in grids {
        let households = sides.map(|it| it.map(|it| (it.households, it.households_moved, it.persons_with_new_worker)));
        if households[0] == households[1] {
            continue;
        }
        for (who, role) in desk.live().on_post(desk.draft(), grid) {
            let number = |side: usize, of: fn(&GridFigures) -> String| sides[side].map(of).unwrap_or_default();
            let mut row = vec![person(records, Some(who)), role.zh().to_owned()];
            row.extend(place(desk, Some(grid)));
            for of in [
                (|it: &GridFigures| it.households.to_string()) as fn(&GridFigures) -> String,
                |it| it.persons.to_string(),
                |it| format!("{:.1}", it.load),
            ] {
                row.extend([number(0, of), number(1, of)]);
            }
            rows.push(row);
        }
    }
    rows.sort();
    write(&header, rows)
}

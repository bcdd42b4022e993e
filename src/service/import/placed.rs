//! Everything that has a position, placed anew under a new version of one level.

use super::Job;
use crate::{
    geometry::LonLat,
    place::{Id, Level, Placement},
    service::{
        ServiceError,
        hot::Division,
        placing::{Divisions, centre, nowhere},
    },
    store::Writer,
};

/// New placements, by kind of record.
pub struct Placements {
    households: Vec<(Id, Placement)>,
    squares: Vec<(Id, Placement)>,
    devices: Vec<(Id, Placement)>,
    /// A report keeps the version that it was assigned in; these are where it lies today.
    cases: Vec<(Id, Placement)>,
    /// Reports that were taken in before there were any boundaries of this level.
    first: Vec<(Id, Placement)>,
}

/// Places every record under `fresh`, the new boundaries of `level`, and the other levels in force. Heavy.
pub fn everything(job: &Job, level: Level, fresh: &Division, version: i64) -> Placements {
    let at = |wanted: Level| if wanted == level { fresh } else { job.hot.division(wanted) };
    let (villages, grids, microgrids) = (at(Level::Village), at(Level::Grid), at(Level::MicroGrid));
    let divisions = Divisions { version, villages, grids, microgrids };
    let records = &job.records;
    let cases = place(&divisions, records.cases.iter().map(|case| (case.id, case.location)).collect());
    // As long as there were no boundaries of this level, nothing was assigned to one.
    let first_of_level = job.hot.division(level).boundaries.is_empty();
    let unplaced = records.cases.iter().filter(|case| first_of_level || case.placement.is_none());
    let unplaced: std::collections::HashSet<Id> = unplaced.map(|case| case.id).collect();
    Placements {
        households: place(&divisions, records.households.iter().map(|home| (home.id, home.location)).collect()),
        squares: place(&divisions, records.squares.iter().map(|square| (square.id, centre(&square.shape))).collect()),
        devices: place(&divisions, records.devices.iter().map(|device| (device.id, device.location)).collect()),
        first: cases.iter().filter(|(id, _)| unplaced.contains(id)).cloned().collect(),
        cases,
    }
}

fn place(divisions: &Divisions, points: Vec<(Id, Option<LonLat>)>) -> Vec<(Id, Placement)> {
    let (ids, positions): (Vec<_>, Vec<_>) = points.into_iter().unzip();
    let placed = divisions.place(&positions);
    let rows = ids.into_iter().zip(positions).zip(placed);
    rows.map(|((id, position), placement)| (id, position.map_or_else(|| nowhere(divisions.version), |_| placement))).collect()
}

impl Placements {
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn write(&self, writer: &mut Writer) -> Result<(), ServiceError> {
        writer.place_households(&self.households).await?;
        writer.place_squares(&self.squares).await?;
        writer.place_devices(&self.devices).await?;
        writer.place_cases(&self.first).await?;
        writer.place_cases_now(&self.cases).await?;
        Ok(())
    }
}

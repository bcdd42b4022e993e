//! Everything that has a position, placed anew under a new version of the boundaries.

use super::{
    Service, ServiceError,
    eras::Era,
    hot::{Division, Hot, Records},
    placing::{centre, index},
    timeline::{Stretch, Timeline},
};
use crate::{
    geometry::LonLat,
    place::{BoundaryVersion, Id, Level, Placement},
    store::Writer,
};
use chrono_tz::Tz;
use std::{collections::BTreeMap, sync::Arc};

/// What stands before a publication; nobody else writes until its end.
#[derive(Clone)]
pub struct Standing {
    pub hot: Arc<Hot>,
    pub records: Arc<Records>,
    pub zone: Tz,
}

/// New placements, by kind of record.
pub struct Placements {
    households: Vec<(Id, Placement)>,
    squares: Vec<(Id, Placement)>,
    devices: Vec<(Id, Placement)>,
    /// Where reports lie today.
    cases_now: Vec<(Id, Placement)>,
    /// Reports of days on which other boundaries were in force than was known before; all others keep theirs.
    cases: Vec<(Id, Placement)>,
}

impl Service {
    /// Places every record under `version`, in which the levels of `fresh` are new.
    pub(super) async fn place_anew(
        &self,
        standing: &Standing,
        version: BoundaryVersion,
        fresh: Vec<(Level, Arc<Division>)>,
    ) -> Result<Placements, ServiceError> {
        let mut changes = standing.hot.level_changes.clone();
        changes.extend(fresh.iter().map(|(level, _)| (*level, version.number)));
        let versions = [standing.hot.versions.as_slice(), &[version]].concat();
        let timeline = Timeline::new(&versions, &changes);
        let mut levels = standing.hot.levels();
        for (level, division) in fresh {
            levels[index(level)] = division;
        }
        let last = timeline.stretches().last().ok_or_else(|| ServiceError::Analytics("no version is in force".to_owned()))?;
        let today = Era { stretch: last.clone(), levels };
        let mut cases = Vec::new();
        for (stretch, moved) in moved(standing, &timeline) {
            let era = self.era(&today, stretch).await?;
            cases.extend(tokio::task::spawn_blocking(move || place(&era, moved)).await?);
        }
        let records = Arc::clone(&standing.records);
        let all = move || {
            let it = &records;
            Placements {
                households: place(&today, it.households.iter().map(|home| (home.id, home.location)).collect()),
                squares: place(&today, it.squares.iter().map(|square| (square.id, centre(&square.shape))).collect()),
                devices: place(&today, it.devices.iter().map(|device| (device.id, device.location)).collect()),
                cases_now: place(&today, it.cases.iter().map(|case| (case.id, case.location)).collect()),
                cases,
            }
        };
        Ok(tokio::task::spawn_blocking(all).await?)
    }
}

type Points = Vec<(Id, Option<LonLat>)>;

/// The reports of days for which `timeline` has other boundaries than those that they were placed in, by their new stretch.
fn moved<'t>(standing: &Standing, timeline: &'t Timeline) -> Vec<(&'t Stretch, Points)> {
    let mut moved: BTreeMap<i64, (&Stretch, Points)> = BTreeMap::new();
    for case in &standing.records.cases {
        let day = case.submitted_at.with_timezone(&standing.zone).date_naive();
        let Some(stretch) = timeline.on(day) else { continue };
        let stays = case.placement.is_some() && standing.hot.timeline.on(day).is_some_and(|before| before.agrees(stretch));
        if !stays {
            moved.entry(stretch.version).or_insert_with(|| (stretch, Vec::new())).1.push((case.id, case.location));
        }
    }
    moved.into_values().collect()
}

fn place(era: &Era, points: Points) -> Vec<(Id, Placement)> {
    let (ids, positions): (Vec<_>, Vec<_>) = points.into_iter().unzip();
    ids.into_iter().zip(era.place(&positions)).collect()
}

impl Placements {
    /// # Errors
    /// [`ServiceError::Store`].
    pub async fn write(&self, writer: &mut Writer) -> Result<(), ServiceError> {
        writer.place_households(&self.households).await?;
        writer.place_squares(&self.squares).await?;
        writer.place_devices(&self.devices).await?;
        writer.place_cases(&self.cases).await?;
        writer.place_cases_now(&self.cases_now).await?;
        Ok(())
    }
}

//! Looking at a draft.

use crate::{
    disclosure::Viewer,
    geometry::LonLat,
    place::{Boundary, Id, Level},
    plan::{Draft, GridFigures, Home, Lock, Moved, Problem, Totals, problems},
    service::{Service, ServiceError},
};
use std::collections::BTreeMap;

/// A place of a draft as the map shows it.
#[derive(Clone, Debug)]
pub struct PlaceFeature {
    pub boundary: Boundary,
    /// Not in the base.
    pub new: bool,
    /// Other ground than in the base.
    pub changed: bool,
    pub locked: bool,
}

/// The figures of a draft beside those of its base.
#[derive(Clone, Debug)]
pub struct PlanFigures {
    pub seq: i64,
    pub today: (BTreeMap<Id, GridFigures>, Totals),
    pub draft: (BTreeMap<Id, GridFigures>, Totals),
}

/// A household as a draft has it.
#[derive(Clone, Copy, Debug)]
pub struct PlanHome {
    pub id: Id,
    pub at: Option<LonLat>,
    pub persons: u32,
    pub grid: Option<Id>,
    /// In the base.
    pub grid_today: Option<Id>,
}

pub(super) fn feature(draft: &Draft, id: Id) -> Option<PlaceFeature> {
    let boundary = draft.boundary(id)?;
    let (new, changed) = draft.difference(id);
    Some(PlaceFeature { boundary, new, changed, locked: draft.locks().contains(&Lock::Place { place: id }) })
}

impl Service {
    /// The places of a level as the draft has them, by id.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`], [`ServiceError::NotFound`], [`ServiceError::Plan`], [`ServiceError::Store`].
    pub async fn plan_places(&self, viewer: Viewer, id: Id, level: Level) -> Result<Vec<PlaceFeature>, ServiceError> {
        let held = self.desk(viewer, id).await?;
        let (_, places) = held
            .work(move |open| {
                let draft = open.desk.draft();
                let of_level = draft.places().filter(|it| it.level == level).map(|it| it.id);
                Ok(of_level.filter_map(|id| feature(draft, id)).collect())
            })
            .await?;
        Ok(places)
    }

    /// # Errors
    /// As [`Self::plan_places`].
    pub async fn plan_figures(&self, viewer: Viewer, id: Id) -> Result<PlanFigures, ServiceError> {
        let mut held = self.desk(viewer, id).await?;
        let desk = &held.open()?.desk;
        let (today, totals) = desk.today();
        Ok(PlanFigures {
            seq: desk.history().seq(),
            today: (today.clone(), totals.clone()),
            draft: (desk.live().figures().clone(), desk.live().totals()),
        })
    }

    /// What to look at before the plan is published, each with the name of its place.
    ///
    /// # Errors
    /// As [`Self::plan_places`].
    pub async fn plan_problems(&self, viewer: Viewer, id: Id) -> Result<Vec<(Problem, Option<String>)>, ServiceError> {
        let held = self.desk(viewer, id).await?;
        let (_, found) = held
            .work(|open| {
                let name = |id: Id| open.desk.draft().attributes(id).map(|it| it.name.clone());
                let found = problems(&open.desk).into_iter();
                Ok(found
                    .map(|it| {
                        let of = it.place.and_then(name);
                        (it, of)
                    })
                    .collect())
            })
            .await?;
        Ok(found)
    }

    /// The households that would come into another grid than today.
    ///
    /// # Errors
    /// As [`Self::plan_places`].
    pub async fn plan_moved(&self, viewer: Viewer, id: Id) -> Result<Vec<Moved>, ServiceError> {
        let mut held = self.desk(viewer, id).await?;
        Ok(held.open()?.desk.live().moved())
    }

    /// The households that are lived in, by id.
    ///
    /// # Errors
    /// As [`Self::plan_places`].
    pub async fn plan_homes(&self, viewer: Viewer, id: Id) -> Result<Vec<PlanHome>, ServiceError> {
        let mut held = self.desk(viewer, id).await?;
        let live = held.open()?.desk.live();
        let (before, now) = live.homes();
        let homes = live.evidence().homes.iter().zip(before.iter().zip(now));
        let home = |(home, (&grid_today, &grid)): (&Home, (&Option<Id>, &Option<Id>))| PlanHome {
            id: home.id,
            at: home.at,
            persons: home.persons,
            grid,
            grid_today,
        };
        Ok(homes.map(home).collect())
    }
}

//! Two plans or versions beside each other.

use crate::{
    disclosure::Viewer,
    geometry::area_m2,
    place::{Boundary, Id},
    plan::{Comparison, Desk, History, PlanError, compare},
    service::{Service, ServiceError},
    spatial::SLIVER_M2,
};
use geo::{BooleanOps as _, MultiPolygon};
use std::{collections::HashMap, fmt, str::FromStr};

/// What can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Version(i64),
    /// A plan as it is now, or after one of its entries.
    Plan {
        id: Id,
        state: Option<i64>,
    },
}

/// The text names neither a version nor a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?}: write version:3, plan:ID or plan:ID@ENTRY")]
pub struct UnknownSide(String);

impl FromStr for Side {
    type Err = UnknownSide;

    fn from_str(text: &str) -> Result<Self, UnknownSide> {
        let unknown = || UnknownSide(text.to_owned());
        match text.split_once(':') {
            Some(("version", number)) => number.parse().map(Self::Version).map_err(|_| unknown()),
            Some(("plan", plan)) => {
                let (id, state) = plan.split_once('@').map_or((plan, None), |(id, state)| (id, Some(state)));
                let state = state.map(str::parse).transpose().map_err(|_| unknown())?;
                Ok(Self::Plan { id: id.parse().map_err(|_| unknown())?, state })
            }
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(number) => write!(f, "version:{number}"),
            Self::Plan { id, state: None } => write!(f, "plan:{id}"),
            Self::Plan { id, state: Some(state) } => write!(f, "plan:{id}@{state}"),
        }
    }
}

/// A comparison with the ground that changes hands.
#[derive(Clone, Debug)]
pub struct Compared {
    pub comparison: Comparison,
    /// Names of the grids of both.
    pub names: HashMap<Id, String>,
    /// From, to, and what lies between the old border and the new.
    pub ground: Vec<(Id, Id, MultiPolygon)>,
}

impl Service {
    /// # Errors
    /// [`ServiceError::Forbidden`], [`ServiceError::NotFound`], [`ServiceError::Plan`], [`ServiceError::Store`].
    pub async fn compare_plans(&self, viewer: Viewer, a: Side, b: Side) -> Result<Compared, ServiceError> {
        self.planner(viewer)?;
        let (a, b) = (self.side(a).await?, self.side(b).await?);
        let turn = self.turn().await?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let comparison = compare(&a, &b).map_err(|error| ServiceError::BadQuery(error.to_string()))?;
            let names = [&a, &b].into_iter().flat_map(|desk| desk.draft().places());
            let names = names.map(|it| (it.id, it.name.clone())).collect();
            Ok(Compared { comparison, names, ground: ground(&a, &b) })
        })
        .await?
    }

    async fn side(&self, side: Side) -> Result<Desk, ServiceError> {
        match side {
            Side::Version(number) => {
                let hot = self.hot();
                if !hot.versions.iter().any(|version| version.number == number) {
                    return Err(ServiceError::NotFound(format!("{side}: GET /api/v1/area lists the versions")));
                }
                self.desk_of(History::new("", number, ""), Vec::new(), 0).await
            }
            Side::Plan { id, state } => {
                let mut held = self.open_desk(id).await?;
                let desk = &held.open()?.desk;
                let history = desk.history().clone();
                let state = state.unwrap_or(history.head());
                if state == history.head() {
                    return Ok(desk.clone());
                }
                if state != 0 && !history.nodes().contains_key(&state) {
                    return Err(PlanError::NoSuchState(state).into());
                }
                let entries = desk.entries().to_vec();
                drop(held);
                self.desk_of(history, entries, state).await
            }
        }
    }

    /// A desk of its own for one state.
    async fn desk_of(&self, history: History, entries: Vec<crate::plan::Entry>, state: i64) -> Result<Desk, ServiceError> {
        let hot = self.hot();
        let boundaries = self.boundaries_of(&hot, history.path(state).base).await?;
        let evidence = self.evidence(&hot).await?;
        let turn = self.turn().await?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let boundaries: Vec<&Boundary> = boundaries.iter().collect();
            Ok(Desk::open_at(history, state, &boundaries, evidence, entries)?.0)
        })
        .await?
    }
}

/// The ground that is in one grid of `a` and another of `b`, slivers left out.
fn ground(a: &Desk, b: &Desk) -> Vec<(Id, Id, MultiPolygon)> {
    let shapes = |desk: &Desk| {
        let partition = desk.draft().partition();
        let of_level = desk.draft().places().filter(|it| it.level == desk.live().level());
        of_level.filter_map(|it| Some((it.id, partition.shape(partition.key(it.id)?)))).collect::<HashMap<_, _>>()
    };
    let (before, after) = (shapes(a), shapes(b));
    let differs = |(id, shape): (&Id, &MultiPolygon)| (after.get(id) != Some(shape)).then(|| (*id, shape.clone()));
    let changed: Vec<(Id, MultiPolygon)> = before.iter().filter_map(differs).collect();
    let arrivals: Vec<_> = after.iter().filter(|(id, shape)| before.get(id) != Some(shape)).collect();
    let index = crate::spatial::Boxes::new(
        (0..).zip(&arrivals).filter_map(|(i, (_, shape))| Some((crate::geometry::BBox::around(*shape)?, i))),
    );
    let mut ground = Vec::new();
    for (from, shape) in &changed {
        let Some(bounds) = crate::geometry::BBox::around(shape) else { continue };
        let mut near: Vec<u32> = index.meeting(&bounds).collect();
        near.sort_unstable();
        for (to, other) in near.into_iter().filter_map(|i| arrivals.get(i as usize)).filter(|(to, _)| *to != from) {
            let common = shape.intersection(*other);
            if area_m2(&common) >= SLIVER_M2 {
                ground.push((*from, **to, common));
            }
        }
    }
    ground.sort_by_key(|(from, to, _)| (*from, *to));
    ground
}

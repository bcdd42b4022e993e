//! Balancing as the API says it.

use super::plans::TotalsDto;
use crate::{
    districting::balance::Weights,
    place::Id,
    plan::{
        Totals,
        balance::{Atom, Combined, Load, VillageAnswer, Wish},
    },
    service::{BalanceJob, BalanceLimit, BalanceOrder, BalanceState, PricedMove, ServiceError},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};
use utoipa::ToSchema;

/// What is wished for in a balanced plan.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BalanceDto {
    /// What is to lie evenly; `load` if none is named.
    pub loads: Vec<LoadDto>,
    /// By how much the heaviest grid of a village may exceed its mean; 0.05 if not given.
    pub tolerance: Option<f64>,
    /// Ids of villages; all if none is named.
    #[schema(value_type = Vec<String>)]
    pub villages: Vec<Id>,
    /// By village: how many grids; as many as it has for those not named.
    #[schema(value_type = BTreeMap<String, usize>)]
    pub parts: BTreeMap<Id, usize>,
    /// Any number of grids from three quarters to five quarters of today's, for villages that `parts` does not name.
    pub free: bool,
    /// What stays together: `households` (default), `buildings` or `microgrids`.
    pub atoms: Option<String>,
    /// The largest share of a village's households that may come into another grid.
    pub max_moved_share: Option<f64>,
    /// How much each objective matters for the search and the ranking of moves; only ratios count.
    pub weights: Option<WeightsDto>,
    /// The same seed and `steps` give the same answer.
    pub seed: u64,
    /// Who asks; not kept.
    pub by: Option<String>,
    /// Length of the search; 10 if neither this nor `steps` is given, 600 at most.
    pub seconds: Option<f64>,
    /// Attempted moves of each village's search, instead of `seconds`.
    pub steps: Option<u64>,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadDto {
    /// `load` (reports by weight, visits, patrols), `households`, `persons`, `reports` or `visits`.
    pub load: String,
    /// In the mixture of several; 1 if not given.
    pub weight: Option<f64>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightsDto {
    pub imbalance: f64,
    pub travel: f64,
    pub moved: f64,
    pub cut: f64,
}

/// A search that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobStartedDto {
    pub job: String,
}

/// How a search is getting on, or what it found.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobDto {
    pub job: String,
    /// `running`, `done`, `cancelled` (the best so far is there) or `failed`.
    pub state: &'static str,
    /// Why it failed.
    pub error: Option<String>,
    pub elapsed_ms: u64,
    /// Attempted moves.
    pub iterations: u64,
    pub villages: Vec<VillageDto>,
    /// Best balanced first; candidates are known by their number, from 0. Empty while the search runs.
    pub front: Vec<CandidateDto>,
    /// The best imbalance for each number of households moved.
    pub curve: Vec<CurvePointDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VillageDto {
    pub id: Option<String>,
    pub name: String,
    pub grids: usize,
    pub atoms: usize,
    /// By how much the heaviest grid exceeds the mean: in the draft, at best found so far, and at least in any plan.
    pub today: Option<f64>,
    pub reached: Option<f64>,
    pub bound: Option<f64>,
    /// What the bound rests on.
    pub bound_reason: Option<String>,
    /// By how much the best found exceeds the best possible at most: proven.
    pub gap: Option<f64>,
    /// Why the tolerance is not met; null if it is.
    pub infeasible: Option<String>,
}

/// A combination of the villages' candidates.
#[derive(Debug, Serialize, ToSchema)]
pub struct CandidateDto {
    pub id: String,
    /// Of the worst village: by how much its heaviest grid exceeds its mean.
    pub imbalance: f64,
    pub cv: f64,
    /// First load × distance to the middle of the grid, summed, load·m.
    pub travel_m: f64,
    pub moved_households: f64,
    /// Of all households that the search is about.
    pub moved_share: f64,
    /// Length of the borders between grids, m.
    pub cut_m: f64,
    /// Whether this is the draft as it is.
    pub is_draft: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CurvePointDto {
    pub moved: f64,
    pub imbalance: f64,
}

/// Makes a candidate the draft's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeDto {
    pub after: i64,
    #[schema(max_length = 100)]
    pub by: String,
    pub why: Option<String>,
}

/// The best single moves.
#[derive(Debug, Serialize, ToSchema)]
pub struct MovesDto {
    /// Of the draft as it is.
    pub before: Option<TotalsDto>,
    pub moves: Vec<MoveDto>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MoveDto {
    pub households: Vec<String>,
    pub from: String,
    pub to: String,
    pub persons: u32,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    /// By how much the heaviest grid of the village exceeds its mean.
    pub imbalance_before: f64,
    pub imbalance_after: f64,
    /// The whole area afterwards.
    pub totals: TotalsDto,
    /// By how much the area's figures change.
    pub delta: DeltaDto,
}

/// By how much figures of the whole area change.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeltaDto {
    /// Load: largest over mean, and coefficient of variation.
    pub max_mean: f64,
    pub cv: f64,
    pub walk_min: f64,
    pub polsby_popper: f64,
    pub persons_with_new_worker: i64,
    /// W: largest over mean.
    pub workload_max: f64,
}

impl DeltaDto {
    fn between(before: &Totals, after: &Totals) -> Self {
        let change = |of: fn(&Totals) -> Option<f64>| of(after).unwrap_or_default() - of(before).unwrap_or_default();
        Self {
            max_mean: change(|it| it.load.map(|it| it.max_mean)),
            cv: change(|it| it.load.map(|it| it.cv)),
            walk_min: change(|it| it.walk_min),
            polsby_popper: change(|it| it.polsby_popper),
            persons_with_new_worker: i64::from(after.persons_with_new_worker) - i64::from(before.persons_with_new_worker),
            workload_max: change(|it| it.workload.map(|it| it.max_mean)),
        }
    }
}

impl BalanceDto {
    /// # Errors
    /// [`ServiceError::BadQuery`] names the field.
    pub fn order(self) -> Result<BalanceOrder, ServiceError> {
        let limit = match (self.seconds, self.steps) {
            (Some(_), Some(_)) => return Err(ServiceError::BadQuery("seconds and steps: give one of them".to_owned())),
            (None, Some(steps)) => BalanceLimit::Steps(steps),
            (seconds, None) => BalanceLimit::Time(
                Duration::try_from_secs_f64(seconds.unwrap_or(10.0))
                    .map_err(|error| ServiceError::BadQuery(format!("seconds: {error}")))?,
            ),
        };
        Ok(BalanceOrder { seed: self.seed, limit, wish: self.wish()? })
    }

    fn wish(self) -> Result<Wish, ServiceError> {
        let wrong = |name: &str, error: crate::vocabulary::UnknownWord| ServiceError::BadQuery(format!("{name}: {error}"));
        let load = |it: &LoadDto| {
            let load: Load = it.load.parse().map_err(|error| wrong("loads", error))?;
            Ok::<_, ServiceError>((load, it.weight.unwrap_or(1.0)))
        };
        let default = Wish::default();
        let loads = self.loads.iter().map(load).collect::<Result<Vec<_>, _>>()?;
        let atoms = self.atoms.as_deref().map(str::parse::<Atom>).transpose().map_err(|error| wrong("atoms", error))?;
        let weights = self.weights.map_or(default.weights, |it| Weights {
            imbalance: it.imbalance,
            travel: it.travel,
            moved: it.moved,
            cut: it.cut,
        });
        Ok(Wish {
            loads: if loads.is_empty() { default.loads } else { loads },
            tolerance: self.tolerance.unwrap_or(default.tolerance),
            villages: self.villages,
            parts: self.parts.into_iter().map(|(id, parts)| (id, (parts, parts))).collect(),
            free: self.free,
            atoms: atoms.unwrap_or(default.atoms),
            max_moved: self.max_moved_share,
            weights,
        })
    }
}

impl From<&BalanceJob> for JobDto {
    fn from(job: &BalanceJob) -> Self {
        let answer = job.answer();
        let found = answer.and_then(Result::ok);
        let progress = job.progress();
        let villages = job.villages.iter().enumerate().map(|(i, village)| {
            let known = found.and_then(|answer| answer.villages.get(i));
            let dto = VillageDto {
                id: village.id.map(|id| id.to_string()),
                name: village.name.clone(),
                grids: village.grids.len(),
                atoms: village.atoms.len(),
                today: None,
                reached: progress.get(i).copied().flatten().and_then(|it| it.best),
                bound: None,
                bound_reason: None,
                gap: None,
                infeasible: None,
            };
            match known {
                Some(known) => with_answer(dto, known),
                None => dto,
            }
        });
        let state = match job.state() {
            BalanceState::Running => "running",
            BalanceState::Done => "done",
            BalanceState::Cancelled => "cancelled",
            BalanceState::Failed => "failed",
        };
        let households = found.map_or(0, |answer| answer.households);
        let steps = |known: Option<u64>, i: usize| known.or(progress.get(i).copied().flatten().map(|it| it.steps));
        let steps = (0..job.villages.len())
            .filter_map(|i| steps(found.and_then(|answer| answer.villages.get(i)).map(|it| it.steps), i))
            .sum();
        Self {
            job: job.id.to_string(),
            state,
            error: answer.and_then(Result::err).map(str::to_owned),
            elapsed_ms: u64::try_from(job.elapsed().as_millis()).unwrap_or(u64::MAX),
            iterations: steps,
            villages: villages.collect(),
            front: found.map_or_else(Vec::new, |answer| {
                let is_draft =
                    |it: &Combined| it.choice.iter().zip(&answer.villages).all(|(i, village)| village.front[*i].is_start);
                let candidate = |(id, it): (usize, &Combined)| CandidateDto::new(id, it, households, is_draft(it));
                answer.front.iter().enumerate().map(candidate).collect()
            }),
            curve: found.map_or_else(Vec::new, |answer| {
                answer.curve().into_iter().map(|(moved, imbalance)| CurvePointDto { moved, imbalance }).collect()
            }),
        }
    }
}

fn with_answer(dto: VillageDto, known: &VillageAnswer) -> VillageDto {
    VillageDto {
        today: Some(known.today),
        reached: Some(known.reached),
        bound: known.bound.map(|bound| bound.excess()),
        bound_reason: known.bound.map(|bound| bound.reason.to_string()),
        gap: known.gap,
        infeasible: (!known.shortfalls.is_empty())
            .then(|| known.shortfalls.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
        ..dto
    }
}

impl CandidateDto {
    #[expect(clippy::cast_precision_loss, reason = "households stay below 2^53")]
    fn new(id: usize, it: &Combined, households: usize, is_draft: bool) -> Self {
        let objectives = &it.objectives;
        Self {
            id: id.to_string(),
            imbalance: objectives.imbalance,
            cv: objectives.cv,
            travel_m: objectives.travel,
            moved_households: objectives.moved,
            moved_share: if households > 0 { objectives.moved / households as f64 } else { 0.0 },
            cut_m: objectives.cut,
            is_draft,
        }
    }
}

impl From<Vec<PricedMove>> for MovesDto {
    fn from(moves: Vec<PricedMove>) -> Self {
        let before = moves.first().map(|it| (&it.before).into());
        Self { before, moves: moves.iter().map(Into::into).collect() }
    }
}

impl From<&PricedMove> for MoveDto {
    fn from(it: &PricedMove) -> Self {
        Self {
            households: it.households.iter().map(ToString::to_string).collect(),
            from: it.from.to_string(),
            to: it.to.to_string(),
            persons: it.outcome.moved.iter().map(|moved| moved.persons).sum(),
            lon: it.at.map(crate::geometry::LonLat::lon),
            lat: it.at.map(crate::geometry::LonLat::lat),
            imbalance_before: it.imbalance.0,
            imbalance_after: it.imbalance.1,
            totals: (&it.outcome.totals).into(),
            delta: DeltaDto::between(&it.before, &it.outcome.totals),
        }
    }
}

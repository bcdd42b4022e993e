//! Comparisons as the API says them.

use super::plans::TotalsDto;
use crate::{
    place::Id,
    plan::{Flow, GridFigures, GridPair, Moves},
    service::Compared,
};
use geojson::{Feature, FeatureCollection, JsonObject};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Two plans or versions beside each other.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparisonDto {
    #[schema(example = "version:3")]
    pub a: String,
    pub b: String,
    /// Households in another grid.
    pub hamming: ApartDto,
    /// The same where grids are known by whom they have in common: a grid under a new id is no move.
    pub hamming_matched: ApartDto,
    /// In nats, over persons.
    pub variation_of_information: f64,
    pub persons_with_new_worker: u64,
    /// Who goes from where to where; those who stay included.
    pub flows: Vec<FlowDto>,
    pub places: Vec<GridPairDto>,
    pub totals_a: TotalsDto,
    pub totals_b: TotalsDto,
    /// A GeoJSON `FeatureCollection`: the ground between the old border and the new, with `from` and `to`.
    #[schema(value_type = Object)]
    pub moved_ground: FeatureCollection,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ApartDto {
    pub households: u64,
    pub persons: u64,
    /// Of all households.
    pub share: Option<f64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FlowDto {
    pub from: Option<String>,
    pub from_name: Option<String>,
    pub to: Option<String>,
    pub to_name: Option<String>,
    pub households: u64,
    pub persons: u64,
}

/// A grid in both; 0 or null where it is not there.
#[derive(Debug, Serialize, ToSchema)]
pub struct GridPairDto {
    pub id: String,
    pub name: String,
    pub in_a: bool,
    pub in_b: bool,
    pub households_a: u32,
    pub households_b: u32,
    pub load_a: f64,
    pub load_b: f64,
    pub workload_a: Option<f64>,
    pub workload_b: Option<f64>,
}

impl ComparisonDto {
    /// `a`, `b`: as they were asked for.
    #[must_use]
    pub fn new(a: String, b: String, compared: &Compared) -> Self {
        let it = &compared.comparison;
        let all: u64 = it.flows.iter().map(|flow| flow.households).sum();
        let moves = |moves: Moves| ApartDto {
            households: moves.households,
            persons: moves.persons,
            share: share(moves.households, all),
        };
        let ground = compared.ground.iter().map(|(from, to, shape)| {
            let mut properties = JsonObject::new();
            properties.insert("from".to_owned(), from.to_string().into());
            properties.insert("to".to_owned(), to.to_string().into());
            let geometry = Some(geojson::Geometry::new(shape.into()));
            Feature { id: None, geometry, properties: Some(properties), bbox: None, foreign_members: None }
        });
        Self {
            a,
            b,
            hamming: moves(it.moved),
            hamming_matched: moves(it.moved_matched),
            variation_of_information: it.variation_of_information,
            persons_with_new_worker: it.persons_with_new_worker,
            flows: it.flows.iter().map(|flow| FlowDto::new(flow, &compared.names)).collect(),
            places: it.grids.iter().map(Into::into).collect(),
            totals_a: (&it.totals[0]).into(),
            totals_b: (&it.totals[1]).into(),
            moved_ground: FeatureCollection { features: ground.collect(), bbox: None, foreign_members: None },
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "households stay below 2^53")]
fn share(part: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

impl FlowDto {
    fn new(flow: &Flow, names: &HashMap<Id, String>) -> Self {
        let name = |id: Option<Id>| id.and_then(|id| names.get(&id)).cloned();
        Self {
            from: flow.from.map(|id| id.to_string()),
            from_name: name(flow.from),
            to: flow.to.map(|id| id.to_string()),
            to_name: name(flow.to),
            households: flow.households,
            persons: flow.persons,
        }
    }
}

impl From<&GridPair> for GridPairDto {
    fn from(pair: &GridPair) -> Self {
        let [a, b] = &pair.figures;
        let households = |it: &Option<GridFigures>| it.as_ref().map_or(0, |it| it.households);
        let load = |it: &Option<GridFigures>| it.as_ref().map_or(0.0, |it| it.load);
        let workload = |it: &Option<GridFigures>| it.as_ref().and_then(|it| it.workload);
        Self {
            id: pair.id.to_string(),
            name: pair.name.clone(),
            in_a: a.is_some(),
            in_b: b.is_some(),
            households_a: households(a),
            households_b: households(b),
            load_a: load(a),
            load_b: load(b),
            workload_a: workload(a),
            workload_b: workload(b),
        }
    }
}

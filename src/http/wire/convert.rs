//! From what the service says to what the API says.

use super::{BalanceDto, FacilityDto, FigureDto, FiguresDto, MetricDto, PlaceDto, PlaceRefDto, PostDto, SquareDto};
use crate::{
    analytics::{catalogue::Description, figures::FigureRow},
    place::GridKind,
    service::{FacilityCard, Figures, PlaceCard, PlaceRef, PostCard, SquareCard},
};

impl From<PlaceCard> for PlaceDto {
    fn from(card: PlaceCard) -> Self {
        let boundary = card.boundary;
        let trend = |rows: &Vec<FigureRow>| rows.iter().map(FigureDto::from).collect();
        Self {
            id: boundary.id.to_string(),
            level: boundary.level.word(),
            code: boundary.code.as_ref().map(ToString::to_string),
            name: boundary.name,
            kind: boundary.kind.map(GridKind::word),
            area_m2: boundary.area_m2,
            parent: card.parent.map(Into::into),
            version: card.version,
            households: card.households,
            persons: card.persons,
            open_reports: card.open_reports,
            leaders: card.leaders.into_iter().map(Into::into).collect(),
            workers: card.workers.into_iter().map(Into::into).collect(),
            parts: card.parts.into_iter().map(Into::into).collect(),
            squares: card.squares.into_iter().map(Into::into).collect(),
            trends: card.trends.iter().map(|(metric, rows)| ((*metric).to_owned(), trend(rows))).collect(),
        }
    }
}

impl From<PlaceRef> for PlaceRefDto {
    fn from(place: PlaceRef) -> Self {
        Self { id: place.id.to_string(), code: place.code, name: place.name }
    }
}

impl From<PostCard> for PostDto {
    fn from(post: PostCard) -> Self {
        let contact = post.contact.unwrap_or_default();
        Self {
            name: contact.name,
            phone: contact.phone,
            role: post.role.word(),
            place: post.part,
            from: post.from,
            to: post.to,
        }
    }
}

impl From<SquareCard> for SquareDto {
    fn from(square: SquareCard) -> Self {
        Self {
            id: square.id.to_string(),
            working: u32::try_from(square.working()).unwrap_or(u32::MAX),
            name: square.name,
            area_m2: square.area_m2,
            evacuation_site: square.evacuation_site,
            facilities: square.facilities.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<FacilityCard> for FacilityDto {
    fn from(facility: FacilityCard) -> Self {
        Self { kind: facility.kind.word(), zh: facility.kind.zh(), en: facility.kind.en(), status: facility.status.word() }
    }
}

impl From<&Figures> for FiguresDto {
    fn from(figures: &Figures) -> Self {
        Self {
            metric: figures.metric.id.to_owned(),
            by: figures.by.word().to_owned(),
            period: figures.period.word().to_owned(),
            unit: figures.metric.unit.to_owned(),
            rows: figures.rows.iter().map(Into::into).collect(),
            total: figures.total.iter().map(Into::into).collect(),
            balance: figures.balance.map(|balance| BalanceDto {
                gini: Some(balance.gini),
                cv: Some(balance.cv),
                max_mean: Some(balance.max_mean),
                n: balance.n as u64,
            }),
        }
    }
}

impl From<&FigureRow> for FigureDto {
    fn from(row: &FigureRow) -> Self {
        let excluded = |it: crate::analytics::figures::Excluded| {
            let counts = [("void", it.void), ("duplicate", it.duplicate), ("rejected", it.rejected), ("negative", it.negative)];
            counts.map(|(reason, count)| (reason.to_owned(), u64::from(count))).into()
        };
        Self {
            place: row.place.clone(),
            code: row.code.clone(),
            name: row.name.clone(),
            period: row.period.clone(),
            value: row.value,
            reason: row.reason.clone(),
            numerator: row.numerator,
            denominator: row.denominator,
            n: row.n.map(u64::from),
            low: row.low,
            high: row.high,
            shrunken: row.shrunken,
            p90: row.p90,
            closed_median_raw: row.closed_median_raw,
            excluded: row.excluded.map(excluded),
        }
    }
}

impl From<Description> for MetricDto {
    fn from(it: Description) -> Self {
        Self {
            id: it.id,
            group: it.group,
            zh: it.zh,
            en: it.en,
            unit: it.unit,
            by: it.by,
            periods: it.periods,
            higher_is: it.higher_is,
            definition_zh: it.definition_zh,
            definition_en: it.definition_en,
        }
    }
}

//! Reports counted by hexagon.

use super::{Service, ServiceError, period::period};
use crate::{
    disclosure::{MIN_N, Viewer},
    export::{Feature, GeoJsonWriter, Value},
    geometry::BBox,
    place::Id,
    spatial::{Hexagon, hexagons},
};

/// Which reports count, and how large the hexagons are.
#[derive(Clone, Debug)]
pub struct HeatQuery {
    /// Local month or day.
    pub from: Option<String>,
    pub to: Option<String>,
    pub kind: Option<String>,
    pub bbox: Option<BBox>,
    /// H3 resolution.
    pub resolution: u8,
}

impl Service {
    /// GeoJSON of the hexagons with at least one report; for the public, with at least [`MIN_N`].
    ///
    /// # Errors
    /// [`ServiceError::Empty`], [`ServiceError::BadQuery`], [`ServiceError::Store`].
    pub async fn hexagons(&self, viewer: Viewer, query: HeatQuery) -> Result<Vec<u8>, ServiceError> {
        let hot = self.hot();
        let period = period(query.from.as_deref(), query.to.as_deref(), hot.area()?.zone)?;
        let records = std::sync::Arc::clone(hot.records(&self.store).await?);
        let turn = self.turn().await?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let points = records.cases.iter().filter_map(|case| {
                let counts = (period.from..period.to).contains(&case.submitted_at)
                    && query.kind.as_ref().is_none_or(|kind| *kind == case.category);
                // Counted is what the viewer may know: small cells, narrow boxes and differences of days tell no more.
                let is_near = |point| query.bbox.is_none_or(|bbox| bbox.contains(point));
                case.location.map(|point| viewer.coarsen(point)).filter(|point| counts && is_near(*point))
            });
            let least = if viewer.may_read_small_n() { 1 } else { MIN_N };
            let cells = hexagons(points, query.resolution).into_iter().filter(|cell| cell.count >= least);
            to_geojson(cells).map_err(|error| ServiceError::Analytics(error.to_string()))
        })
        .await?
    }
}

fn to_geojson(cells: impl Iterator<Item = Hexagon>) -> std::io::Result<Vec<u8>> {
    let mut writer = GeoJsonWriter::new(Vec::new(), &["cell", "count"])?;
    for Hexagon { cell, count, outline } in cells {
        let id = Id::derived("h3", &cell);
        writer.write(&Feature { id, geometry: Some(outline.into()), values: vec![Value::Text(cell), count.into()] })?;
    }
    writer.finish()
}

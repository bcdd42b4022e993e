//! Reports counted by hexagon.

use super::{Service, ServiceError, figures, period};
use crate::{
    disclosure::Viewer,
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
    /// Hexagons that meet it, counted whole.
    pub bbox: Option<BBox>,
    /// H3 resolution.
    pub resolution: u8,
}

impl Service {
    /// GeoJSON of the hexagons with at least one report. For the public as figures are: months, small counts withheld, the others
    /// rounded; and of the positions that it may know.
    ///
    /// # Errors
    /// [`ServiceError::Empty`], [`ServiceError::BadQuery`], [`ServiceError::Forbidden`] for windows that only the office may ask
    /// for, [`ServiceError::Store`].
    pub async fn hexagons(&self, viewer: Viewer, query: HeatQuery) -> Result<Vec<u8>, ServiceError> {
        let hot = self.hot();
        let (from, to) = period::days(query.from.as_deref(), query.to.as_deref())?;
        viewer.check_window(from, to)?;
        let area = hot.area()?;
        let (period, synthetic) = (period::between(from, to, area.zone), area.synthetic);
        let records = std::sync::Arc::clone(hot.records(&self.store).await?);
        let turn = self.turn().await?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let points = records.cases.iter().filter_map(|case| {
                let counts = (period.from..period.to).contains(&case.submitted_at)
                    && query.kind.as_ref().is_none_or(|kind| *kind == case.category);
                case.location.map(|point| viewer.coarsen(point)).filter(|_| counts)
            });
            let mut cells = hexagons(points, query.resolution);
            if let Some(asked) = query.bbox {
                cells.retain(|cell| BBox::around(&cell.outline).is_some_and(|bbox| bbox.intersects(&asked)));
            }
            let shown =
                cells.into_iter().filter_map(|cell| figures::shown(viewer, cell.count.into()).map(|count| (cell, count)));
            to_geojson(shown, synthetic).map_err(|error| ServiceError::Analytics(error.to_string()))
        })
        .await?
    }
}

fn to_geojson(cells: impl Iterator<Item = (Hexagon, u64)>, synthetic: bool) -> std::io::Result<Vec<u8>> {
    let mut writer = GeoJsonWriter::new(Vec::new(), &["cell", "count"])?.synthetic(synthetic);
    for (Hexagon { cell, outline, .. }, count) in cells {
        let id = Id::derived("h3", &cell);
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        writer.write(&Feature { id, geometry: Some(outline.into()), values: vec![Value::Text(cell), count.into()] })?;
    }
    writer.finish()
}

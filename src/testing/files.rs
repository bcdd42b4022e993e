//! A subdistrict as files that `wangge import` reads without a mapping: columns are called as the fields are.

use super::subdistrict::{Line, Settings, Subdistrict};
use crate::{
    geometry::LonLat,
    layer::Layer,
    place::{Boundary, Id},
    round::Fulfilment,
};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use geo::Geometry;
use geojson::GeometryValue;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

/// Writes every layer into `folder`, with a README.txt. Files of the same names are replaced.
///
/// # Errors
/// What the file system gives.
pub fn write(subdistrict: &Subdistrict, settings: &Settings, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let files = Files { folder, keys: keys(subdistrict), s: subdistrict };
    files.boundaries(Layer::Villages, &subdistrict.villages)?;
    files.boundaries(Layer::Grids, &subdistrict.grids)?;
    files.boundaries(Layer::MicroGrids, &subdistrict.microgrids)?;
    files.squares()?;
    files.sites()?;
    files.people()?;
    files.cases()?;
    files.fulfilments(Layer::Visits, &subdistrict.visits)?;
    files.fulfilments(Layer::Activities, &subdistrict.activities)?;
    files.fulfilments(Layer::Patrols, &subdistrict.patrols)?;
    files.lines("roads", &subdistrict.roads)?;
    files.lines("waterways", &subdistrict.waters)?;
    fs::write(folder.join("README.txt"), readme(settings, subdistrict))
}

/// The files' key of every place and person: the code of a boundary, the source of everything else.
fn keys(s: &Subdistrict) -> BTreeMap<Id, &str> {
    let boundaries = s.villages.iter().chain(&s.grids).chain(&s.microgrids);
    let boundaries = boundaries.map(|it| (it.id, it.code.as_ref().map_or("", |code| code.as_str())));
    boundaries
        .chain(s.squares.iter().map(|it| (it.id, it.source.as_str())))
        .chain(s.households.iter().map(|(it, _)| (it.id, it.source.as_str())))
        .chain(s.persons.iter().map(|it| (it.id, it.source.as_str())))
        .chain(s.cases.iter().map(|it| (it.id, it.source.as_str())))
        .collect()
}

struct Files<'a> {
    folder: &'a Path,
    keys: BTreeMap<Id, &'a str>,
    s: &'a Subdistrict,
}

impl Files<'_> {
    fn key(&self, id: Id) -> &str {
        self.keys.get(&id).copied().unwrap_or("")
    }

    fn create(&self, name: &str) -> io::Result<BufWriter<File>> {
        Ok(BufWriter::new(File::create(self.folder.join(name))?))
    }

    fn csv(&self, layer: Layer, columns: &[&str]) -> io::Result<csv::Writer<BufWriter<File>>> {
        let mut out = csv::Writer::from_writer(self.create(&format!("{layer}.csv"))?);
        out.write_record(columns)?;
        Ok(out)
    }

    /// One feature a line.
    fn features(&self, name: &str, features: impl Iterator<Item = (Geometry, Value)>) -> io::Result<()> {
        let mut out = self.create(&format!("{name}.geojson"))?;
        out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
        for (i, (geometry, properties)) in features.enumerate() {
            out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
            let geometry = geojson::Geometry::new(GeometryValue::from(&geometry));
            serde_json::to_writer(&mut out, &json!({"type": "Feature", "geometry": geometry, "properties": properties}))?;
        }
        out.write_all(b"\n]}\n")?;
        out.flush()
    }

    fn boundaries(&self, layer: Layer, boundaries: &[Boundary]) -> io::Result<()> {
        let feature = |it: &Boundary| {
            let mut properties = json!({"code": self.key(it.id), "name": it.name});
            if !it.aliases.is_empty() {
                properties["aliases"] = json!(it.aliases.join(";"));
            }
            if let Some(kind) = it.kind {
                properties["kind"] = json!(kind.word());
            }
            if let Some(parent) = it.parent {
                let level = if layer == Layer::Grids { "village" } else { "grid" };
                properties[level] = json!(self.key(parent));
            }
            (Geometry::from(it.shape.clone()), properties)
        };
        self.features(layer.name(), boundaries.iter().map(feature))
    }

    fn squares(&self) -> io::Result<()> {
        let feature = |it: &crate::place::Square| {
            let properties = json!({
                "source": it.source, "name": it.name, "evacuation_site": it.evacuation_site,
                "valid_from": it.valid_from.to_string(), "valid_to": it.valid_to.map(|day| day.to_string()),
            });
            (Geometry::from(it.shape.clone()), properties)
        };
        self.features(Layer::Squares.name(), self.s.squares.iter().map(feature))
    }

    fn lines(&self, name: &str, lines: &[Line]) -> io::Result<()> {
        self.features(name, lines.iter().map(|it| (Geometry::from(it.shape.clone()), json!({"name": it.name}))))
    }

    fn sites(&self) -> io::Result<()> {
        let mut out = self.csv(Layer::Facilities, &["source", "square", "kind", "status", "valid_from", "valid_to"])?;
        for it in &self.s.facilities {
            let (from, to) = (it.valid_from.to_string(), day(it.valid_to));
            out.write_record([&it.source, self.key(it.square), it.kind.word(), it.status.word(), &from, &to])?;
        }
        out.flush()?;
        let columns = ["source", "lon", "lat", "persons", "lived_in_from", "lived_in_to", "name", "phone", "address"];
        let mut out = self.csv(Layer::Households, &columns)?;
        for (it, contact) in &self.s.households {
            let [lon, lat] = position(it.location);
            let (from, to) = (it.lived_in_from.to_string(), day(it.lived_in_to));
            let [name, phone, address] = [&contact.name, &contact.phone, &contact.address].map(|it| text(it.as_ref()));
            out.write_record([&it.source, &lon, &lat, &it.persons.to_string(), &from, &to, name, phone, address])?;
        }
        out.flush()?;
        let columns = ["source", "kind", "status", "lon", "lat", "last_seen", "valid_from", "valid_to"];
        let mut out = self.csv(Layer::Devices, &columns)?;
        for it in &self.s.devices {
            let [lon, lat] = position(it.location);
            let seen = it.last_seen.map(instant).unwrap_or_default();
            let (from, to) = (it.valid_from.to_string(), day(it.valid_to));
            out.write_record([&it.source, &it.kind, it.status.word(), &lon, &lat, &seen, &from, &to])?;
        }
        out.flush()
    }

    fn people(&self) -> io::Result<()> {
        let mut out = self.csv(Layer::Persons, &["source", "name", "phone"])?;
        for it in &self.s.persons {
            let contact = it.contact.as_ref();
            let name = text(contact.and_then(|contact| contact.name.as_ref()));
            let phone = text(contact.and_then(|contact| contact.phone.as_ref()));
            out.write_record([&it.source, name, phone])?;
        }
        out.flush()?;
        let mut out = self.csv(Layer::Posts, &["source", "person", "role", "place", "from", "to"])?;
        for it in &self.s.posts {
            let place = it.place.map_or("", |place| self.key(place));
            let from = it.from.to_string();
            out.write_record([&it.source, self.key(it.person), it.role.word(), place, &from, &day(it.to)])?;
        }
        out.flush()
    }

    fn cases(&self) -> io::Result<()> {
        // The state and the closing are left to the events.
        let columns = ["source", "category", "channel", "lon", "lat", "submitted_at", "label", "text", "reporter", "phone"];
        let mut out = self.csv(Layer::Reports, &columns)?;
        for (it, (_, words)) in self.s.cases.iter().zip(&self.s.texts) {
            let ([lon, lat], submitted) = (position(it.location), instant(it.submitted_at));
            let (channel, label) = (text(it.channel.as_ref()), text(it.label.as_ref()));
            let [said, reporter, phone] = [&words.text, &words.reporter, &words.phone].map(|it| text(it.as_ref()));
            out.write_record([&it.source, &it.category, channel, &lon, &lat, &submitted, label, said, reporter, phone])?;
        }
        out.flush()?;
        let mut out = self.csv(Layer::CaseEvents, &["case", "transition", "at", "actor"])?;
        for it in &self.s.events {
            out.write_record([self.key(it.case), it.transition.word(), &instant(it.at), text(it.actor.as_ref())])?;
        }
        out.flush()
    }

    fn fulfilments(&self, layer: Layer, entries: &[Fulfilment]) -> io::Result<()> {
        let place = match layer {
            Layer::Visits => "household",
            Layer::Activities => "square",
            _ => "grid",
        };
        let columns = ["source", "programme", place, "at", "outcome", "person", "lon", "lat", "attendance"];
        let mut out = self.csv(layer, &columns)?;
        for it in entries {
            let [lon, lat] = position(it.location);
            let person = it.person.map_or("", |person| self.key(person));
            let attendance = it.attendance.map(|n| n.to_string()).unwrap_or_default();
            let (place, at, outcome) = (self.key(it.place), instant(it.at), it.outcome.word());
            out.write_record([&it.source, &it.programme, place, &at, outcome, person, &lon, &lat, &attendance])?;
        }
        out.flush()
    }
}

fn text(it: Option<&String>) -> &str {
    it.map_or("", String::as_str)
}

fn day(it: Option<NaiveDate>) -> String {
    it.map(|day| day.to_string()).unwrap_or_default()
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn position(at: Option<LonLat>) -> [String; 2] {
    at.map_or_else(Default::default, |at| [at.lon().to_string(), at.lat().to_string()])
}

/// The text of README.txt.
fn readme(settings: &Settings, s: &Subdistrict) -> String {
    use std::fmt::Write;
    let Settings { seed, grids, households, reports, months } = settings;
    let mut text = format!(
        "SYNTHETIC DATA · 合成数据\n\n\
         An invented subdistrict. No person, household, telephone number, report or border in it is real; the names of the nine\n\
         villages are those of Suoxiyu, nothing else is. Made by\n\n    \
         wangge generate --seed {seed} --grids {grids} --households {households} --reports {reports} --months {months} --out DIR\n\n\
         Positions are WGS 84 (EPSG:4326), instants UTC, days local (Asia/Shanghai). The data end at {}.\n\n\
         Import in this order:\n\n",
        instant(s.as_of)
    );
    for layer in Layer::ALL {
        let ending = if *layer <= Layer::Squares { "geojson" } else { "csv" };
        // What is said of the area once stays.
        let area = if *layer == Layer::Villages { " --area-name 合成数据 --synthetic" } else { "" };
        let _ = writeln!(text, "    wangge import {layer} {layer}.{ending} --data STORE{area}");
    }
    text + COLUMNS
}

const COLUMNS: &str = "\n\
Columns:\n\n\
villages      code (cn-grid-15, 12 digits), name, aliases (;)\n\
grids         code (15 digits), name, kind (house_yard, estate, institution, scenic, other), village (its code)\n\
microgrids    code (17 digits), name, grid (its code)\n\
squares       source (key), name, evacuation_site, valid_from, valid_to\n\
facilities    source, square (key), kind (of the seven), status (working, faulty, missing), valid_from, valid_to\n\
households    source, lon, lat, persons, lived_in_from, lived_in_to (exclusive), name, phone, address\n\
devices       source, kind, status, lon, lat, last_seen, valid_from, valid_to\n\
persons       source, name, phone\n\
posts         source, person (key), role, place (code of a boundary, key of a square, empty: the whole area), from, to (exclusive)\n\
reports       source, category, channel, lon, lat, submitted_at, label (code of the grid whose sign was scanned), text,\n\
              reporter, phone; what became of it is in case-events\n\
case-events   case (key of the report), transition (the first is submitted), at, actor (key of a person, or \"reporter\")\n\
visits        source, programme, household (key), at, outcome (visited, absent, refused), person, lon, lat\n\
activities    source, programme, square (key), at, outcome (held, cancelled), person, attendance\n\
patrols       source, programme, grid (code), at, outcome (done), person, lon, lat\n\n\
roads.geojson and waterways.geojson are for looking at.\n";

#[cfg(test)]
mod tests {
    use super::*;
    use geo::MultiPolygon;
    use geojson::GeoJson;

    #[test]
    fn files_hold_what_was_generated() {
        let settings = Settings { seed: 5, grids: 9, households: 60, reports: 80, months: 2 };
        let s = Subdistrict::generate(&settings);
        let folder = tempfile::tempdir().unwrap();
        write(&s, &settings, folder.path()).unwrap();
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();

        let GeoJson::FeatureCollection(grids) = read("grids.geojson").parse().unwrap() else { panic!("no collection") };
        assert_eq!(grids.features.len(), s.grids.len());
        for (feature, grid) in grids.features.into_iter().zip(&s.grids) {
            assert_eq!(feature.property("code").unwrap(), grid.code.as_ref().unwrap().as_str());
            let shape = MultiPolygon::try_from(feature.geometry.unwrap()).unwrap();
            assert_eq!(shape, grid.shape, "every digit of a border survives");
        }
        let rows = |layer: Layer| {
            let text = read(&format!("{layer}.csv"));
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let columns = reader.headers().unwrap().clone();
            let rows: Vec<BTreeMap<String, String>> = reader
                .records()
                .map(|row| columns.iter().zip(&row.unwrap()).map(|(c, v)| (c.to_owned(), v.to_owned())).collect())
                .collect();
            rows
        };
        let events = rows(Layer::CaseEvents);
        assert_eq!(events.len(), s.events.len());
        assert_eq!(events[0]["case"], s.cases[0].source);
        let counts =
            [Layer::Households, Layer::Reports, Layer::Visits, Layer::Posts, Layer::Facilities].map(|it| rows(it).len());
        assert_eq!(counts, [60, 80, s.visits.len(), s.posts.len(), s.facilities.len()]);
        let squares: Vec<&str> = s.squares.iter().map(|it| it.source.as_str()).collect();
        assert!(rows(Layer::Activities).iter().all(|row| squares.contains(&row["square"].as_str())));
        let readme = read("README.txt");
        assert!(readme.starts_with("SYNTHETIC") && Layer::ALL.iter().all(|it| readme.contains(&format!("import {it} {it}."))));
    }
}

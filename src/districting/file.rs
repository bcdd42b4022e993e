//! Graph files and plan files: see the format in the [module's](super) documentation.

use super::{Division, DivisionError, Graph, GraphError, MOST_ATOMS, graph::narrow};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fs, io, path::Path};

/// The largest file that is read, bytes.
const MOST_BYTES: u64 = 1 << 29;

/// A graph file as read.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphFile {
    pub name: Option<String>,
    pub graph: Graph,
    /// How many parts are wanted, and between which bounds their populations should lie.
    pub parts: Option<usize>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    /// Whether the file gave weights to the edges; without, each weighs 1.
    pub weighted: bool,
    /// Plans that the file carries (GeoJSON: properties of the features), by name.
    plans: BTreeMap<String, Vec<String>>,
}

/// Why a file can't be used. Fields are named as in the file: `edges[17]`.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{path}: {source}")]
    Io { path: String, source: io::Error },
    #[error("{path}: it has {bytes} bytes, more than the {MOST_BYTES} that are read; divide the graph village by village")]
    TooLarge { path: String, bytes: u64 },
    #[error("{path}: it is no JSON: {source}")]
    Json { path: String, source: serde_json::Error },
    #[error("{path}: {field} is {found}; {wanted} is needed")]
    Field { path: String, field: String, found: String, wanted: &'static str },
    #[error("{path}: {source}")]
    Graph { path: String, source: GraphError },
    #[error("{path}: {source}")]
    Division { path: String, source: DivisionError },
    #[error("{path}: feature {a} has {b} among its neighbours (adj), but feature {b} has not {a}; list both")]
    OneSided { path: String, a: usize, b: usize },
}

/// A field that is not what it should be, before the file's path is known.
struct Wrong {
    field: String,
    found: String,
    wanted: &'static str,
}

impl Wrong {
    fn new(field: impl Into<String>, found: &Value, wanted: &'static str) -> Self {
        let mut found = found.to_string();
        if found.chars().count() > 40 {
            found = found.chars().take(37).collect::<String>() + "…";
        }
        if found == "null" {
            "missing".clone_into(&mut found);
        }
        Self { field: field.into(), found, wanted }
    }

    fn at(self, path: &str) -> FileError {
        FileError::Field { path: path.to_owned(), field: self.field, found: self.found, wanted: self.wanted }
    }
}

type Edges = Vec<(u32, u32, f64)>;

impl GraphFile {
    /// # Errors
    /// [`FileError`] names the file, the field and what would be right.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let value = read_json(path)?;
        Self::from_json(&value, &path.display().to_string())
    }

    /// `path`: for messages.
    ///
    /// # Errors
    /// [`FileError`]
    pub fn from_json(value: &Value, path: &str) -> Result<Self, FileError> {
        let object = value.as_object().ok_or_else(|| Wrong::new("the file", value, "an object with pop and edges").at(path))?;
        if object.get("type").and_then(Value::as_str) == Some("FeatureCollection") {
            Self::from_features(object, path)
        } else {
            Self::from_graph(object, path)
        }
    }

    fn from_graph(object: &Map<String, Value>, path: &str) -> Result<Self, FileError> {
        let read = || -> Result<_, Wrong> {
            let loads = numbers(object, "pop")?;
            if let Some(n) = whole(object, "n")?
                && n != loads.len()
            {
                return Err(Wrong::new("n", &json!(n), "the number of entries of pop"));
            }
            let (edges, weighted) = edges(field(object, "edges"))?;
            let positions = match object.get("xy") {
                None | Some(Value::Null) => None,
                Some(value) => Some(positions(value)?),
            };
            let bounds = (whole(object, "k")?, number(object, "L")?, number(object, "U")?);
            Ok((loads, edges, weighted, positions, bounds))
        };
        let (loads, edges, weighted, positions, (parts, lower, upper)) = read().map_err(|wrong| wrong.at(path))?;
        let graph = build(vec![loads], &edges, positions, path)?;
        // `name` may also be a list with the name of each atom.
        let name = object.get("name").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { name, graph, parts, lower, upper, weighted, plans: BTreeMap::new() })
    }

    fn from_features(object: &Map<String, Value>, path: &str) -> Result<Self, FileError> {
        let wrong = |wrong: Wrong| wrong.at(path);
        let features = list(field(object, "features"), "features").map_err(wrong)?;
        let mut loads = Vec::with_capacity(features.len());
        let mut neighbours: Vec<Vec<usize>> = Vec::with_capacity(features.len());
        let mut plans: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (atom, feature) in features.iter().enumerate() {
            let properties = &feature["properties"];
            loads.push(properties["pop"].as_f64().ok_or_else(|| {
                Wrong::new(format!("features[{atom}].properties.pop"), &properties["pop"], "a number").at(path)
            })?);
            let adj = format!("features[{atom}].properties.adj");
            let listed = list(&properties["adj"], &adj).map_err(wrong)?;
            neighbours.push(
                listed
                    .iter()
                    .map(|other| {
                        index(other).ok_or_else(|| Wrong::new(&adj, other, "a list of places of features, from 0").at(path))
                    })
                    .collect::<Result<_, _>>()?,
            );
            for (name, value) in properties.as_object().into_iter().flatten() {
                if let Some(label) = label(value) {
                    plans.entry(name.clone()).or_default().push(label);
                }
            }
        }
        plans.retain(|_, labels| labels.len() == features.len());
        let edges = mutual(&neighbours, path)?;
        let graph = build(vec![loads], &edges, None, path)?;
        let name = object.get("name").and_then(Value::as_str).map(str::to_owned);
        Ok(Self { name, graph, parts: None, lower: None, upper: None, weighted: false, plans })
    }

    /// A plan of this graph: the name of a property of the features, or else a file.
    ///
    /// # Errors
    /// [`FileError`]
    pub fn plan(&self, name: &str) -> Result<Division, FileError> {
        if let Some(labels) = self.plans.get(name) {
            return Division::from_labels(&self.graph, labels)
                .map_err(|source| FileError::Division { path: name.to_owned(), source });
        }
        self.plan_from_json(&read_json(Path::new(name))?, name)
    }

    /// A plan: a list with the part of each atom, or an object with such a list as `plan`. Parts are whole numbers or texts.
    ///
    /// # Errors
    /// [`FileError`]
    pub fn plan_from_json(&self, value: &Value, path: &str) -> Result<Division, FileError> {
        let entries = match value {
            Value::Array(entries) => entries,
            other => list(&other["plan"], "plan").map_err(|wrong| wrong.at(path))?,
        };
        let labels: Vec<Label> = entries
            .iter()
            .enumerate()
            .map(|(atom, value)| {
                Label::of(value).ok_or_else(|| Wrong::new(format!("plan[{atom}]"), value, "a whole number or a text").at(path))
            })
            .collect::<Result<_, _>>()?;
        Division::from_labels(&self.graph, &labels).map_err(|source| FileError::Division { path: path.to_owned(), source })
    }
}

/// The label of a part; numbers are ordered as numbers, before texts.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    Number(i64),
    Text(String),
}

impl Label {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            other => other.as_i64().map(Self::Number),
        }
    }
}

fn label(value: &Value) -> Option<String> {
    Label::of(value).map(|label| match label {
        Label::Number(number) => number.to_string(),
        Label::Text(text) => text,
    })
}

fn read_json(path: &Path) -> Result<Value, FileError> {
    let named = || path.display().to_string();
    let io = |source| FileError::Io { path: named(), source };
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes > MOST_BYTES {
        return Err(FileError::TooLarge { path: named(), bytes });
    }
    let text = fs::read(path).map_err(io)?;
    serde_json::from_slice(&text).map_err(|source| FileError::Json { path: named(), source })
}

fn build(loads: Vec<Vec<f64>>, edges: &Edges, positions: Option<Vec<[f64; 2]>>, path: &str) -> Result<Graph, FileError> {
    let graph = Graph::new(loads, edges).and_then(|graph| match positions {
        Some(positions) => graph.with_positions(positions),
        None => Ok(graph),
    });
    graph.map_err(|source| FileError::Graph { path: path.to_owned(), source })
}

fn field<'v>(object: &'v Map<String, Value>, name: &str) -> &'v Value {
    object.get(name).unwrap_or(&Value::Null)
}

fn list<'v>(value: &'v Value, name: &str) -> Result<&'v Vec<Value>, Wrong> {
    value.as_array().ok_or_else(|| Wrong::new(name, value, "a list"))
}

fn numbers(object: &Map<String, Value>, name: &str) -> Result<Vec<f64>, Wrong> {
    let number =
        |(i, value): (usize, &Value)| value.as_f64().ok_or_else(|| Wrong::new(format!("{name}[{i}]"), value, "a number"));
    list(field(object, name), name)?.iter().enumerate().map(number).collect()
}

fn number(object: &Map<String, Value>, name: &str) -> Result<Option<f64>, Wrong> {
    match field(object, name) {
        Value::Null => Ok(None),
        value => value.as_f64().map(Some).ok_or_else(|| Wrong::new(name, value, "a number")),
    }
}

fn whole(object: &Map<String, Value>, name: &str) -> Result<Option<usize>, Wrong> {
    match field(object, name) {
        Value::Null => Ok(None),
        value => index(value).map(Some).ok_or_else(|| Wrong::new(name, value, "a whole number, at most a million")),
    }
}

fn index(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).filter(|&number| number <= MOST_ATOMS)
}

/// The edges, and whether any has a weight of its own.
fn edges(value: &Value) -> Result<(Edges, bool), Wrong> {
    let mut weighted = false;
    let mut edge = |(i, value): (usize, &Value)| {
        let wrong = || Wrong::new(format!("edges[{i}]"), value, "[atom, atom] or [atom, atom, weight]");
        let entries = value.as_array().filter(|entries| matches!(entries.len(), 2 | 3)).ok_or_else(wrong)?;
        let end = |place: usize| index(&entries[place]).map(narrow).ok_or_else(wrong);
        let weight = match entries.get(2) {
            Some(weight) => weight.as_f64().ok_or_else(wrong)?,
            None => 1.0,
        };
        weighted |= entries.len() == 3;
        Ok((end(0)?, end(1)?, weight))
    };
    let edges = list(value, "edges")?.iter().enumerate().map(&mut edge).collect::<Result<_, _>>()?;
    Ok((edges, weighted))
}

fn positions(value: &Value) -> Result<Vec<[f64; 2]>, Wrong> {
    let position = |(i, value): (usize, &Value)| {
        match value.as_array().map(Vec::as_slice) {
            Some([x, y]) => x.as_f64().zip(y.as_f64()).map(|(x, y)| [x, y]),
            _ => None,
        }
        .ok_or_else(|| Wrong::new(format!("xy[{i}]"), value, "[x, y]"))
    };
    list(value, "xy")?.iter().enumerate().map(position).collect()
}

/// The edges between features that have each other among their neighbours.
fn mutual(neighbours: &[Vec<usize>], path: &str) -> Result<Edges, FileError> {
    let mut edges = Vec::new();
    for (a, listed) in neighbours.iter().enumerate() {
        for &b in listed {
            if neighbours.get(b).is_some_and(|back| !back.contains(&a)) {
                return Err(FileError::OneSided { path: path.to_owned(), a, b });
            }
            if a <= b {
                edges.push((narrow(a), narrow(b), 1.0));
            }
        }
    }
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &Value) -> Result<GraphFile, String> {
        GraphFile::from_json(value, "g.json").map_err(|error| error.to_string())
    }

    #[test]
    fn reads_what_the_format_says() {
        let file = read(&json!({
            "name": "three", "n": 3, "k": 2, "L": 1, "U": 2.5, "pop": [1, 2.0, 3], "edges": [[0, 1], [2, 1, 0.5]],
            "xy": [[0, 0], [1, 0], [2, 0]], "source": "ignored",
        }))
        .unwrap();
        assert_eq!((file.parts, file.lower, file.upper, file.weighted), (Some(2), Some(1.0), Some(2.5), true));
        assert_eq!((file.graph.atoms(), file.graph.weights()), (3, &[1.0, 0.5][..]));
        assert_eq!(file.graph.positions(), Some(&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]][..]));
        let plan = file.plan_from_json(&json!({"plan": ["west", "west", "east"]}), "p.json").unwrap();
        assert_eq!(plan.part_of(), [1, 1, 0]);
        assert_eq!(file.plan_from_json(&json!([2, 10, 2]), "p.json").unwrap().part_of(), [0, 1, 0]);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let cases = [
            (json!([]), "g.json: the file is []; an object with pop and edges is needed"),
            (json!({"pop": [1]}), "g.json: edges is missing; a list is needed"),
            (json!({"pop": [1, "x"], "edges": []}), "g.json: pop[1] is \"x\"; a number is needed"),
            (json!({"pop": [1], "edges": [], "n": 2}), "g.json: n is 2; the number of entries of pop is needed"),
            (
                json!({"pop": [1, 1], "edges": [[0, 1], [0]]}),
                "g.json: edges[1] is [0]; [atom, atom] or [atom, atom, weight] is needed",
            ),
            (
                json!({"pop": [1, 1], "edges": [[0, -1]]}),
                "g.json: edges[0] is [0,-1]; [atom, atom] or [atom, atom, weight] is needed",
            ),
            (json!({"pop": [1, 1], "edges": [[0, 7]]}), "g.json: edge 0 joins 0 and 7, but atoms are numbered from 0 to 1"),
            (json!({"pop": [1], "edges": [], "k": -1}), "g.json: k is -1; a whole number, at most a million is needed"),
            (json!({"pop": [1], "edges": [], "xy": [[1]]}), "g.json: xy[0] is [1]; [x, y] is needed"),
            (json!({"pop": [], "edges": []}), "g.json: it has no atoms; at least one is needed"),
        ];
        for (value, message) in cases {
            assert_eq!(read(&value).unwrap_err(), message);
        }
        let file = read(&json!({"pop": [1, 1], "edges": [[0, 1]]})).unwrap();
        let error = |value: Value| file.plan_from_json(&value, "p.json").unwrap_err().to_string();
        assert_eq!(error(json!([1, 1.5])), "p.json: plan[1] is 1.5; a whole number or a text is needed");
        assert_eq!(error(json!([1])), "p.json: it has 1 atoms, the graph has 2; one part for each atom is needed");
        assert!(file.plan("no/such/file").unwrap_err().to_string().starts_with("no/such/file: "));
    }

    #[test]
    fn features_with_neighbours_are_a_graph_and_their_properties_plans() {
        let feature = |pop: u32, plan: u32, adj: &[usize]| json!({"properties": {"pop": pop, "plan_a": plan, "adj": adj}});
        let collection = |last: &[usize]| json!({"type": "FeatureCollection", "features": [feature(5, 2, &[1]), feature(6, 2, &[0, 2]), feature(7, 1, last)]});
        let file = read(&collection(&[1])).unwrap();
        assert_eq!(file.graph.edges(), [[0, 1], [1, 2]]);
        assert_eq!(file.plan("plan_a").unwrap().part_of(), [1, 1, 0]);
        assert_eq!(
            read(&collection(&[])).unwrap_err(),
            "g.json: feature 1 has 2 among its neighbours (adj), but feature 2 has not 1; list both"
        );
    }
}

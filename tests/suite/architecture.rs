//! ARCHITECTURE.md is true: the rooms point one way, each outside library stays in its rooms, each named path exists.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The rooms in groups; a room may use the groups before its own, and no group after it.
const GROUPS: &[&[&str]] = &[
    &["geometry"],
    &["spatial", "table", "place", "people", "case", "round", "ledger"],
    &["disclosure", "intake", "assign", "partition", "districting", "analytics", "store", "export"],
    &["plan"],
    &["testing"],
    &["service"],
    &["http"],
    &["cli"],
];

/// The group whose rooms may use each other, as long as no cycle arises: records name each other by their ids.
const RECORDS: usize = 1;

/// Arrows between two rooms of any other group: (from, to), each with its reason in ARCHITECTURE.md.
const WITHIN_A_GROUP: &[(&str, &str)] = &[];

/// Files beside the rooms that every room may use; they use none.
const LEAVES: &[&str] = &["layer", "vocabulary"];

/// Outside libraries, and the only rooms that may name them.
const CONFINED: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("axum", &["http"]),
    ("hyper_util", &["http"]),
    ("tower", &["http"]),
    ("tower_http", &["http"]),
    ("utoipa", &["http"]),
    ("utoipa_axum", &["http"]),
    ("rstar", &["spatial"]),
    ("polars", &["table", "analytics", "export"]),
];

const TOP_LEVEL: &[&str] = &[
    ".ci/run",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "Makefile",
    "README.md",
    "benches",
    "data",
    "migrations/geopackage",
    "migrations/postgis",
    "src",
    "tests/suite",
    "web",
];

/// Lines of a source file: worth a look, and too many.
const LONG: usize = 500;
const TOO_LONG: usize = 650;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a folder entry").path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A source file of a room: where it stands, and its code without comments and literals.
struct Source {
    path: PathBuf,
    /// `store/postgis/read.rs` is `["store", "postgis", "read"]`, `store/mod.rs` is `["store"]`.
    module: Vec<String>,
    code: String,
}

impl Source {
    fn all() -> Vec<Self> {
        let src = root().join("src");
        files(&src, "rs")
            .into_iter()
            .map(|path| {
                let relative = path.strip_prefix(&src).expect("a file under src").with_extension("");
                let mut module: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                module.pop_if(|last| matches!(last.as_str(), "mod" | "lib"));
                let code = bare_code(&fs::read_to_string(&path).expect("a source file in UTF-8"));
                Self { path, module, code }
            })
            .collect()
    }

    /// The room that the file belongs to; none for lib.rs.
    fn room(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    /// The modules at the crate's root that the code names, by `crate::` or by enough `super::`.
    fn uses(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for at in words(&self.code, "crate") {
            if let Some(rest) = self.code[at..].strip_prefix("crate::") {
                found.extend(heads(rest));
            }
        }
        for at in words(&self.code, "super") {
            let (mut rest, mut up) = (&self.code[at..], 0);
            while let Some(after) = rest.strip_prefix("super::") {
                rest = after;
                up += 1;
            }
            if up >= self.module.len() && up > 0 && !self.code[..at].ends_with("super::") {
                found.extend(heads(rest));
            }
        }
        found
    }

    /// Whether the code names an outside library: `sqlx::…` or `use sqlx…`.
    fn names_library(&self, library: &str) -> bool {
        words(&self.code, library).any(|at| {
            let (before, after) = (self.code[..at].trim_end(), &self.code[at + library.len()..]);
            (after.starts_with("::") && !before.ends_with("::")) || before.ends_with("use") || before.ends_with("use ::")
        })
    }
}

/// The code without comments and without what stands in string and character literals.
fn bare_code(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let starts = |at: usize, what: &str| what.chars().enumerate().all(|(i, c)| text.get(at + i) == Some(&c));
    let in_word = |at: usize| at > 0 && is_word(text[at - 1]);
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < text.len() {
        if starts(at, "//") {
            while at < text.len() && text[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            let mut depth = 0;
            loop {
                if starts(at, "/*") {
                    depth += 1;
                    at += 2;
                } else if starts(at, "*/") {
                    depth -= 1;
                    at += 2;
                } else {
                    at += 1;
                }
                if depth == 0 || at >= text.len() {
                    break;
                }
            }
        } else if text[at] == 'r' && !in_word(at) && raw_string(&text, at).is_some() {
            at = raw_string(&text, at).unwrap_or(at);
            code.push_str("\"\"");
        } else if text[at] == '"' {
            at += 1;
            while at < text.len() && text[at] != '"' {
                at += if text[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
            code.push_str("\"\"");
        } else if text[at] == '\'' && (text.get(at + 1) == Some(&'\\') || text.get(at + 2) == Some(&'\'')) {
            at += if text[at + 1] == '\\' { 3 } else { 2 };
            while at < text.len() && text[at] != '\'' {
                at += 1;
            }
            at += 1;
        } else {
            code.push(text[at]);
            at += 1;
        }
    }
    code
}

/// The end of the raw string that starts at `at`, if one does.
fn raw_string(text: &[char], at: usize) -> Option<usize> {
    let hashes = text[at + 1..].iter().take_while(|&&c| c == '#').count();
    if text.get(at + 1 + hashes) != Some(&'"') {
        return None;
    }
    let mut end = at + 2 + hashes;
    while end < text.len() {
        end += 1;
        if text[end - 1] == '"' && text[end..].iter().take(hashes).filter(|&&c| c == '#').count() == hashes {
            break;
        }
    }
    Some(end + hashes)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where `word` stands in the code as a word of its own.
fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        !code[..at].chars().next_back().is_some_and(is_word) && !code[at + word.len()..].chars().next().is_some_and(is_word)
    })
}

/// The first names of a path: `place::Id` is `place`, `{case::{Case, State}, place}` is `case` and `place`.
fn heads(path: &str) -> Vec<String> {
    let word = |text: &str| text.trim_start().chars().take_while(|&c| is_word(c)).collect::<String>();
    let Some(group) = path.trim_start().strip_prefix('{') else { return vec![word(path)] };
    let (mut depth, mut start, mut found) = (0_i32, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(word(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(word(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

fn group_of(room: &str) -> Option<usize> {
    GROUPS.iter().position(|group| group.contains(&room))
}

/// Every arrow between two rooms (or a room and a leaf), with one file that draws it.
fn arrows() -> BTreeMap<(String, String), PathBuf> {
    let mut found = BTreeMap::new();
    for source in Source::all() {
        let Some(from) = source.room().filter(|room| *room != "main") else { continue };
        for to in source.uses() {
            let known = group_of(&to).is_some() || LEAVES.contains(&to.as_str());
            if known && to != from {
                found.entry((from.to_owned(), to)).or_insert_with(|| source.path.clone());
            }
        }
    }
    found
}

fn architecture() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md")
}

#[test]
fn rooms_point_one_way() {
    let arrows = arrows();
    assert!(!arrows.is_empty(), "the scan sees no arrow at all");
    let wrong: Vec<String> = arrows
        .iter()
        .filter(|((from, to), _)| match (group_of(from), group_of(to)) {
            (_, None) => false, // a leaf
            (None, Some(_)) => true,
            (Some(a), Some(b)) if a == b => a != RECORDS && !WITHIN_A_GROUP.contains(&(from, to)),
            (Some(a), Some(b)) => a < b,
        })
        .map(|((from, to), file)| format!("{from} must not use {to}: {}", file.display()))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rooms_form_no_cycle() {
    let mut left: BTreeSet<(String, String)> = arrows().into_keys().collect();
    // Take away what nobody points from, again and again; what stays is a cycle.
    loop {
        let from: BTreeSet<String> = left.iter().map(|(from, _)| from.clone()).collect();
        let before = left.len();
        left.retain(|(_, to)| from.contains(to));
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "these arrows close a cycle: {left:?}");
}

#[test]
fn every_exception_is_needed() {
    let arrows = arrows();
    for &(from, to) in WITHIN_A_GROUP {
        assert!(arrows.contains_key(&(from.to_owned(), to.to_owned())), "nobody in {from} uses {to}: strike it from the table");
    }
}

#[test]
fn every_module_at_the_root_is_a_room_or_a_leaf() {
    let modules: BTreeSet<String> = Source::all().iter().filter_map(|source| source.room().map(str::to_owned)).collect();
    let unknown: Vec<_> =
        modules.iter().filter(|name| *name != "main" && group_of(name).is_none() && !LEAVES.contains(&name.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?} stand under src/ and have no place in the table of rooms");
    let architecture = architecture();
    let unsaid: Vec<_> =
        modules.iter().filter(|name| group_of(name).is_some() && !architecture.contains(&format!("`{name}/`"))).collect();
    assert!(unsaid.is_empty(), "ARCHITECTURE.md does not name {unsaid:?}");
}

#[test]
fn architecture_draws_the_arrows_of_this_table() {
    let line = GROUPS
        .iter()
        .map(|group| if group.len() == 1 { group[0].to_owned() } else { format!("{{{}}}", group.join(", ")) })
        .chain(["main".to_owned()])
        .collect::<Vec<_>>()
        .join(" ← ");
    let drawn = architecture().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(drawn.contains(&line), "ARCHITECTURE.md should draw\n{line}");
}

#[test]
fn outside_libraries_stay_in_their_rooms() {
    let sources = Source::all();
    let mut wrong = Vec::new();
    for &(library, rooms) in CONFINED {
        for source in &sources {
            if source.names_library(library) && !source.room().is_some_and(|room| rooms.contains(&room)) {
                wrong.push(format!("{library} belongs to {rooms:?}: {}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_path_that_architecture_names_exists() {
    let text = architecture();
    let mut fenced = false;
    let prose: Vec<&str> = text
        .lines()
        .filter(|line| {
            let fence = line.starts_with("```");
            fenced ^= fence;
            !fenced && !fence
        })
        .collect();
    let prose = prose.join("\n");
    let is_path = |span: &str| {
        let ending = Path::new(span).extension().and_then(|e| e.to_str());
        (span.contains('/') || ending.is_some_and(|e| matches!(e, "md" | "toml" | "rs" | "json" | "lock" | "sql")))
            && !span.starts_with(['/', '-', '.'])
            && span.chars().all(|c| is_word(c) || "/.-".contains(c))
    };
    let paths: Vec<&str> = prose.split('`').skip(1).step_by(2).filter(|span| is_path(span)).collect();
    assert!(paths.len() > 10, "the scan sees too few paths: {paths:?}");
    let missing: Vec<_> =
        paths.iter().filter(|path| !root().join(path).exists() && !root().join("src").join(path).exists()).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names what does not exist: {missing:?}");
}

#[test]
fn no_source_file_is_too_long() {
    let mut too_long = Vec::new();
    for path in files(&root().join("src"), "rs") {
        let lines = fs::read_to_string(&path).expect("a source file in UTF-8").lines().count();
        if lines > TOO_LONG {
            too_long.push((lines, path));
        } else if lines > LONG {
            eprintln!("{} has {lines} lines: does it hold one concept?", path.display());
        }
    }
    assert!(too_long.is_empty(), "over {TOO_LONG} lines: {too_long:?}");
}

#[test]
fn migrations_come_in_pairs() {
    let numbers = |backend: &str| -> Vec<u32> {
        let folder = root().join("migrations").join(backend);
        let number = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let digits = name.split_once('_').map(|(digits, _)| digits.parse());
            digits.and_then(Result::ok).unwrap_or_else(|| panic!("{} should be called NUMBER_name.sql", path.display()))
        };
        files(&folder, "sql").iter().map(number).collect()
    };
    let (geopackage, postgis) = (numbers("geopackage"), numbers("postgis"));
    assert_eq!(geopackage, postgis, "each migration stands in both folders under the same number");
    assert!(!geopackage.is_empty(), "there is no migration");
    assert!(geopackage.windows(2).all(|pair| pair[0] + 1 == pair[1]), "the numbers leave a gap or repeat: {geopackage:?}");
}

#[test]
fn the_top_level_is_complete() {
    let missing: Vec<_> = TOP_LEVEL.iter().filter(|name| !root().join(name).exists()).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
}

/// The scan itself: what it must see, and what it must not.
mod scan {
    use super::*;

    fn source(module: &[&str], text: &str) -> Source {
        Source { path: PathBuf::new(), module: module.iter().map(|&m| m.to_owned()).collect(), code: bare_code(text) }
    }

    #[test]
    fn uses_are_seen_in_every_form() {
        let text = "use crate::{\n  case::{Case, State},\n  place,\n};\nfn f() -> crate::round::Id { super::super::people::x(); super::store() }";
        let found: Vec<String> = source(&["intake", "csv"], text).uses().into_iter().collect();
        assert_eq!(found, ["case", "people", "place", "round"]);
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        let text = concat!(
            "/// [`crate::http`]\n/* /* crate::cli */ crate::store */ let a = \"crate::plan \\\" \"; let b = '\"'; ",
            "let c = r#\"crate::export \" \"#; fn d<'a>(x: &'a str) {} use crate::table;",
        );
        let found: Vec<String> = source(&["intake"], text).uses().into_iter().collect();
        assert_eq!(found, ["table"]);
    }

    #[test]
    fn libraries_are_seen_and_look_alikes_are_not() {
        let names = |text: &str| source(&["cli"], text).names_library("polars");
        assert!(names("use polars::prelude::*;"));
        assert!(names("use polars;"));
        assert!(names("fn f(df: &polars::frame::DataFrame) {}"));
        assert!(!names("use crate::analytics::polars::x; let polars = 1; my_polars::x(); // polars::x"));
    }
}
